package dev.sotto.homeserver.push;

import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import org.jspecify.annotations.Nullable;

/// What push rules ask about a room.
public interface RoomContext {
  RoomId id();

  /// How many users are joined.
  int joinedMembers();

  /// Whether a sender's power level is enough for notifications of this kind, such as `room`.
  boolean mayNotify(UserId sender, String kind);

  /// A member's display name in this room, or null.
  @Nullable String displayName(UserId user);
}
