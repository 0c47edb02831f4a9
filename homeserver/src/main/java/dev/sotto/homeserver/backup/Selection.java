package dev.sotto.homeserver.backup;

import dev.sotto.protocol.id.RoomId;
import org.jspecify.annotations.Nullable;

/// Which keys of a backup are meant.
///
/// @param room null for all rooms
/// @param session null for all sessions of the room
public record Selection(@Nullable RoomId room, @Nullable String session) {
  public static final Selection ALL = new Selection(null, null);

  public static Selection of(RoomId room) {
    return new Selection(room, null);
  }

  public static Selection of(RoomId room, String session) {
    return new Selection(room, session);
  }
}
