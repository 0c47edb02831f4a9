package dev.sotto.homeserver.rooms;

import dev.sotto.homeserver.journal.Transaction;
import dev.sotto.protocol.id.RoomAlias;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How a room becomes known under a name and in the public list.
public interface RoomPublication {
  /// The room that an alias of this server stands for.
  Optional<RoomId> resolve(RoomAlias alias);

  /// Notes the alias and the listing of a new room, in the transaction that makes the room.
  ///
  /// @param alias null for none
  /// @throws dev.sotto.protocol.error.MatrixException `M_ROOM_IN_USE` if the alias is taken
  void publish(
      Transaction transaction,
      Room room,
      @Nullable RoomAlias alias,
      UserId creator,
      boolean listed);

  /// Gives the aliases and the listing of a room to the one that replaces it.
  void replace(Transaction transaction, Room old, Room next);
}
