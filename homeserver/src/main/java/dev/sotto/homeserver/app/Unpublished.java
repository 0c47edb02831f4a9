package dev.sotto.homeserver.app;

import dev.sotto.homeserver.journal.Transaction;
import dev.sotto.homeserver.rooms.Room;
import dev.sotto.homeserver.rooms.RoomPublication;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.RoomAlias;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A server without a directory: rooms have no aliases and are not listed.
final class Unpublished implements RoomPublication {
  @Override
  public Optional<RoomId> resolve(RoomAlias alias) {
    return Optional.empty();
  }

  @Override
  public void publish(
      Transaction transaction,
      Room room,
      @Nullable RoomAlias alias,
      UserId creator,
      boolean listed) {
    throw MatrixException.forbidden("This server has no directory of rooms.");
  }
}
