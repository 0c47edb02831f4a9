package dev.sotto.homeserver.receipts;

import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;

/// Which rooms a user may mark as read.
@FunctionalInterface
public interface RoomAccess {
  /// The number of a room that the user is joined to.
  ///
  /// @throws dev.sotto.protocol.error.MatrixException `M_FORBIDDEN` if the user is not joined
  long requireJoined(RoomId room, UserId user);
}
