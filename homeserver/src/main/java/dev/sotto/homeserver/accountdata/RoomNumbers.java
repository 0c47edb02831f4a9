package dev.sotto.homeserver.accountdata;

import dev.sotto.protocol.id.RoomId;
import java.util.Optional;

/// Numbers of rooms.
@FunctionalInterface
public interface RoomNumbers {
  /// The number of a room, or empty if this server does not know the room.
  Optional<Long> find(RoomId room);
}
