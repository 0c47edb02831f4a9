package dev.sotto.homeserver.filters;

import dev.sotto.protocol.id.RoomId;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which rooms are wanted, and what of each.
///
/// @param rooms the only rooms wanted, or null for all
/// @param notRooms rooms that are not wanted, or null
/// @param includeLeave whether rooms are wanted that the user has left
public record RoomFilter(
    @Nullable Set<RoomId> rooms,
    @Nullable Set<RoomId> notRooms,
    boolean includeLeave,
    RoomEventFilter ephemeral,
    RoomEventFilter state,
    RoomEventFilter timeline,
    RoomEventFilter accountData) {

  static RoomFilter of(FilterReader json) {
    return new RoomFilter(
        json.ids("rooms", RoomId::new),
        json.ids("not_rooms", RoomId::new),
        Boolean.TRUE.equals(json.flag("include_leave")),
        new RoomEventFilter(json.object("ephemeral")),
        new RoomEventFilter(json.object("state")),
        new RoomEventFilter(json.object("timeline")),
        new RoomEventFilter(json.object("account_data")));
  }

  /// Whether `room` is wanted; asked before the filters of the sections.
  public boolean matches(RoomId room) {
    return (notRooms == null || !notRooms.contains(room))
        && (rooms == null || rooms.contains(room));
  }
}
