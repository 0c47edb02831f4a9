package dev.sotto.homeserver.rooms;

import dev.sotto.homeserver.journal.Transaction;
import dev.sotto.protocol.id.RoomAlias;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A directory without rooms or aliases, which stays so.
public final class Unpublished implements RoomPublication {
  @Override
  public void replace(Transaction transaction, Room old, Room next) {}

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
      boolean listed) {}
}
