package dev.sotto.client.event;

import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.EventId;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Reads which other events an event is about.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#forming-relationships-between-events
final class Relations {
  static final String THREAD = "m.thread";

  private Relations() {}

  /// The target of a relation of this type.
  static Optional<EventId> to(JsonNode content, String type) {
    JsonNode relation = content.path("m.relates_to");
    return type.equals(relation.path("rel_type").stringValue(null))
        ? id(relation.path("event_id"))
        : Optional.empty();
  }

  /// The message that is answered. In a thread, an answer that is only there for programs that know
  /// no threads is none.
  static Optional<EventId> replyTo(JsonNode content) {
    JsonNode relation = content.path("m.relates_to");
    boolean stopgap =
        THREAD.equals(relation.path("rel_type").stringValue(null))
            && relation.path("is_falling_back").booleanValue(false);
    return stopgap ? Optional.empty() : id(relation.path("m.in_reply_to").path("event_id"));
  }

  private static Optional<EventId> id(JsonNode name) {
    try {
      return name.isString() ? Optional.of(new EventId(name.stringValue())) : Optional.empty();
    } catch (MatrixException _) {
      return Optional.empty();
    }
  }
}
