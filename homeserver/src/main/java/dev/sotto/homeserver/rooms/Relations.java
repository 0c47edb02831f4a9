package dev.sotto.homeserver.rooms;

import dev.sotto.homeserver.names.Users;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.UserId;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// Events that point at other events.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#forming-relationships-between-events
public final class Relations {
  private static final String OF_TYPE =
      """
      SELECT %s FROM relations r JOIN events e ON e.position = r.position
      WHERE r.target_id = :target AND r.rel_type = :rel_type AND e.redacted_by IS NULL
        AND e.type = :type AND e.sender_number = :sender
      """
          .formatted(RoomStore.columns("e"));

  private final RoomStore store;
  private final Users users;

  Relations(RoomStore store, Users users) {
    this.store = store;
    this.users = users;
  }

  /// Refuses a reaction that its sender has given already.
  ///
  /// @throws MatrixException `M_DUPLICATE_ANNOTATION`
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#avoiding-duplicate-annotations
  void requireUnique(Room room, UserId sender, String type, ObjectNode content) {
    EventRelation relation = EventRelation.of(content);
    if (relation == null
        || relation.key() == null
        || !relation.type().equals(EventRelation.ANNOTATION)) {
      return;
    }
    boolean given =
        store
            .select(
                OF_TYPE,
                Map.of(
                    "target", relation.target().value(),
                    "rel_type", relation.type(),
                    "type", type,
                    "sender", users.number(sender)))
            .stream()
            .map(event -> EventRelation.of(event.content()))
            .anyMatch(relation::equals);
    if (given) {
      throw new MatrixException(
          ErrorCode.M_DUPLICATE_ANNOTATION, "You have reacted to this event in this way already.");
    }
  }
}
