package dev.sotto.homeserver.push;

import dev.sotto.protocol.id.UserId;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/// The events of rooms, for counting what is unread.
public interface UnreadEvents {
  /// A part of one room's order: the newest `limit` events of (after, up to the common end].
  record Range(long room, long after, int limit) {}

  /// The events of each range up to position `to`, oldest first, by the number of the room. Many
  /// ranges are asked for at once so that they can share what they cost.
  Map<Long, List<UnreadEvent>> newest(List<Range> ranges, long to);

  /// The newest `limit` events of (from, to] that relate to a thread's root by `m.thread`, oldest
  /// first.
  List<UnreadEvent> newestInThreads(long room, long from, long to, int limit);

  /// The events up to position `to` in rooms that the user is joined to, of those that the user may
  /// see and that came after the user's last joining; newest first. They are read as they are
  /// taken.
  Iterator<UnreadEvent> inJoinedRooms(UserId user, long to);

  /// What rules ask about a room as it is now.
  RoomContext context(long room);
}
