package dev.sotto.homeserver.rooms;

import dev.sotto.protocol.json.Json;
import tools.jackson.databind.node.ObjectNode;

/// The content of membership events.
final class MembershipContent {
  private MembershipContent() {}

  static ObjectNode of(String membership, MemberProfiles.MemberProfile profile) {
    ObjectNode content = Json.object().put("membership", membership);
    if (profile.displayname() != null) {
      content.put("displayname", profile.displayname());
    }
    if (profile.avatarUrl() != null) {
      content.put("avatar_url", profile.avatarUrl());
    }
    return content;
  }
}
