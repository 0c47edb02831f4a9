package dev.sotto.protocol.rules;

import dev.sotto.protocol.crypto.JsonSignatures;
import dev.sotto.protocol.crypto.SigningKey;
import dev.sotto.protocol.crypto.VerifyKey;
import dev.sotto.protocol.event.Event;
import dev.sotto.protocol.event.EventTypes;
import dev.sotto.protocol.id.ServerName;
import dev.sotto.protocol.id.UserId;
import java.util.LinkedHashSet;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// The signatures of an event, which cover what survives its redaction.
///
/// @spec https://spec.matrix.org/v1.19/server-server-api/#signing-events
public final class EventSignatures {
  private EventSignatures() {}

  /// Adds a server's signature to `event` itself, which carries its content hash already, and
  /// returns it.
  public static ObjectNode sign(
      RoomVersion version, ObjectNode event, ServerName server, SigningKey key) {
    ObjectNode redacted = Redaction.redact(version, event);
    byte[] signature = key.sign(JsonSignatures.signedBytes(redacted, version.numbers()));
    JsonSignatures.add(event, server.value(), key.keyId(), signature);
    return event;
  }

  /// Whether `event` carries a signature by `server` under `keyId` that `key` confirms.
  public static boolean verify(
      RoomVersion version, ObjectNode event, ServerName server, String keyId, VerifyKey key) {
    return JsonSignatures.verify(
        Redaction.redact(version, event), server.value(), keyId, key, version.numbers());
  }

  /// The servers that must have signed `event`: its sender's (but for the redeeming of a
  /// third-party invitation, which others may do), in room versions 1 and 2 the one that its id
  /// names, and in a restricted join the one of the user who vouches for it.
  public static Set<ServerName> required(RoomVersion version, Event event) {
    Set<ServerName> servers = new LinkedHashSet<>();
    boolean member = event.type().equals(EventTypes.MEMBER);
    boolean thirdParty =
        member
            && MembershipRules.INVITE.equals(event.contentString("membership"))
            && event.content().has("third_party_invite");
    if (!thirdParty) {
      servers.add(event.sender().server());
    }
    if (version.eventIds() == EventIdRule.CHOSEN) {
      String id = event.id().value();
      int colon = id.indexOf(':');
      if (colon >= 0) {
        servers.add(new ServerName(id.substring(colon + 1)));
      }
    }
    String authoriser = event.contentString(MembershipRules.AUTHORISED_VIA);
    if (member && version.auth().restrictedJoins() && authoriser != null) {
      servers.add(new UserId(authoriser).server());
    }
    return servers;
  }
}
