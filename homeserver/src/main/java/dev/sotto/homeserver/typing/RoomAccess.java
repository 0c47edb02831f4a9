package dev.sotto.homeserver.typing;

import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;

/// In which rooms a user may be seen typing.
@FunctionalInterface
public interface RoomAccess {
  /// The number of a room that the user is joined to.
  ///
  /// @throws dev.sotto.protocol.error.MatrixException `M_FORBIDDEN` if the user is not joined
  long requireJoined(RoomId room, UserId user);
}
