package dev.sotto.homeserver.presence;

import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// A user's presence as others see it.
///
/// @param lastActiveAgoMillis how long ago the user last did something, or -1 if that is not known
public record UserPresence(
    UserId user,
    PresenceState state,
    @Nullable String statusMessage,
    long lastActiveAgoMillis,
    boolean currentlyActive) {

  static UserPresence unknown(UserId user) {
    return new UserPresence(user, PresenceState.OFFLINE, null, -1, false);
  }

  /// The content of an `m.presence` event, and the answer to who asks for a user's presence.
  public ObjectNode content() {
    ObjectNode content = Json.object();
    content.put("presence", state.id());
    if (lastActiveAgoMillis >= 0) {
      content.put("last_active_ago", lastActiveAgoMillis);
    }
    if (statusMessage != null) {
      content.put("status_msg", statusMessage);
    }
    if (state == PresenceState.ONLINE) {
      content.put("currently_active", currentlyActive);
    }
    return content;
  }

  /// The `m.presence` event that a sync delivers.
  public ObjectNode event() {
    ObjectNode event = Json.object();
    event.put("type", "m.presence");
    event.put("sender", user.value());
    event.set("content", content());
    return event;
  }
}
