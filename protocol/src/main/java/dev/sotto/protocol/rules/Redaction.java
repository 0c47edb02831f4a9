package dev.sotto.protocol.rules;

import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.event.Event;
import dev.sotto.protocol.event.EventTypes;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.json.Json;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Taking from an event all that its room does not need.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#redactions
public final class Redaction {
  private Redaction() {}

  /// What is left of `event` after it was redacted: a new object, which shares the members that
  /// stay; the event itself is not changed.
  public static ObjectNode redact(RoomVersion version, ObjectNode event) {
    RedactionRules rules = version.redaction();
    ObjectNode left = keep(event, rules.keys());
    if (left.get("content") instanceof ObjectNode content) {
      JsonNode type = event.get("type");
      left.set("content", redactContent(rules, type == null ? "" : type.asString(""), content));
    }
    return left;
  }

  private static ObjectNode redactContent(RedactionRules rules, String type, ObjectNode content) {
    if (rules.keepsCreateContent() && type.equals(EventTypes.CREATE)) {
      return content;
    }
    ObjectNode left = keep(content, rules.contentKeys().getOrDefault(type, Set.of()));
    if (rules.keepsSignedInvite()
        && type.equals(EventTypes.MEMBER)
        && content.get("third_party_invite") instanceof ObjectNode invite) {
      left.set("third_party_invite", keep(invite, Set.of("signed")));
    }
    return left;
  }

  /// The event that a redaction is about, read where this room version puts it.
  public static @Nullable EventId target(RoomVersion version, Event redaction) {
    if (!redaction.type().equals(EventTypes.REDACTION)) {
      return null;
    }
    ObjectNode holder = version.redactsInContent() ? redaction.content() : redaction.json();
    JsonNode named = holder.get("redacts");
    if (named == null || !named.isString()) {
      return null;
    }
    try {
      return new EventId(named.stringValue());
    } catch (MatrixException _) {
      return null;
    }
  }

  /// Whether a redaction that was let into the room takes effect on `target`: its sender has the
  /// redact level, or is of the same server. (In room versions 1 and 2 the authorization rules have
  /// decided already.)
  ///
  /// @spec https://spec.matrix.org/v1.19/rooms/v11/#handling-redactions
  public static boolean applies(
      RoomVersion version, Event redaction, Event target, PowerLevels levels) {
    return version.auth().redactions()
        || levels.of(redaction.sender()) >= levels.redact()
        || redaction.sender().server().equals(target.sender().server());
  }

  private static ObjectNode keep(ObjectNode object, Set<String> keys) {
    ObjectNode left = Json.object();
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      if (keys.contains(member.getKey())) {
        left.set(member.getKey(), member.getValue());
      }
    }
    return left;
  }
}
