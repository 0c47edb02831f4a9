package dev.sotto.homeserver.rooms;

import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.event.EventTypes;
import dev.sotto.protocol.id.EventId;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// That an event points at another: `m.relates_to` of its content.
///
/// @param type the `rel_type`, for example `m.thread`
/// @param target the event pointed at
/// @param key for an annotation, what it annotates with
/// @spec https://spec.matrix.org/v1.19/client-server-api/#forming-relationships-between-events
public record EventRelation(String type, EventId target, @Nullable String key) {
  public static final String ANNOTATION = "m.annotation";
  public static final String REPLACE = "m.replace";
  public static final String THREAD = "m.thread";
  public static final String REFERENCE = "m.reference";

  private static final int MAX_TYPE_LENGTH = 255;

  /// The relation of a message-like event that keeps the rules of its kind, or null: an edit in the
  /// clear must say what the new content is.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#validity-of-replacement-events
  static @Nullable EventRelation valid(StoredEvent event) {
    EventRelation relation = of(event.content());
    boolean nothingNew =
        relation != null
            && relation.type.equals(REPLACE)
            && !event.type().equals(EventTypes.ENCRYPTED)
            && !event.content().path("m.new_content").isObject();
    return nothingNew ? null : relation;
  }

  /// The relation that a content declares, or null if it declares none in the right form.
  public static @Nullable EventRelation of(ObjectNode content) {
    if (!(content.get("m.relates_to") instanceof ObjectNode relation)) {
      return null;
    }
    JsonNode type = relation.get("rel_type");
    JsonNode target = relation.get("event_id");
    if (type == null || !type.isString() || target == null || !target.isString()) {
      return null;
    }
    if (type.stringValue().length() > MAX_TYPE_LENGTH) {
      return null;
    }
    JsonNode key = relation.get("key");
    try {
      return new EventRelation(
          type.stringValue(),
          new EventId(target.stringValue()),
          key == null ? null : key.stringValue(null));
    } catch (MatrixException _) {
      return null;
    }
  }
}
