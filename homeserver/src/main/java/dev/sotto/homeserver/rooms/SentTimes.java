package dev.sotto.homeserver.rooms;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// Finds events by the time at which they were sent.
///
/// No index is over times, since every send would pay for it. Along a room's order they grow, but
/// for what application services bring in late: so the place is bisected, and what is around it is
/// put in the order of its times.
public final class SentTimes {
  /// How many events are looked at in the wanted direction, seen or not.
  private static final int MAX_LOOKED_AT = 2_000;

  /// How many events may stand on the wrong side of the place without being missed.
  private static final int ASTRAY = 250;

  private static final int READ_AT_ONCE = 50;

  private static final String NEXT =
      """
      SELECT position, sent_at FROM events
      WHERE room_number = :room AND position > :after AND position <= :up_to
      ORDER BY room_number, position LIMIT 1
      """;
  private static final String NTH_BEFORE =
      """
      SELECT position FROM events WHERE room_number = :room AND position < :place
      ORDER BY room_number DESC, position DESC OFFSET :n ROWS FETCH FIRST ROW ONLY
      """;
  private static final String NTH_FROM =
      """
      SELECT position FROM events WHERE room_number = :room AND position >= :place
      ORDER BY room_number, position OFFSET :n ROWS FETCH FIRST ROW ONLY
      """;
  private static final String AROUND =
      """
      SELECT position FROM events
      WHERE room_number = :room AND position >= :first AND position <= :last
      """;
  private static final String SINCE =
      AROUND + " AND sent_at >= :time ORDER BY sent_at, position LIMIT :limit";
  private static final String UP_TO =
      AROUND + " AND sent_at <= :time ORDER BY sent_at DESC, position DESC LIMIT :limit";

  private record Sent(long position, long at) {}

  private final RoomStore store;

  SentTimes(RoomStore store) {
    this.store = store;
  }

  /// The event that was sent closest to a time, at or after it or else at or before it, of those
  /// that `reading` may see.
  ///
  /// @param time milliseconds since 1970
  public Optional<StoredEvent> closest(RoomAccess.Reading reading, long time, boolean after) {
    long room = reading.room().number();
    long horizon = Timeline.published(reading.room(), reading.horizon());
    List<Long> positions = store.read(handle -> around(handle, room, time, after, horizon));
    for (int from = 0; from < positions.size(); from += READ_AT_ONCE) {
      List<Long> some = positions.subList(from, Math.min(from + READ_AT_ONCE, positions.size()));
      Map<Long, StoredEvent> events = new HashMap<>();
      store.byPositions(some).forEach(event -> events.put(event.position(), event));
      for (Long position : some) {
        StoredEvent event = events.get(position);
        if (event != null && reading.sight().test(event)) {
          return Optional.of(event);
        }
      }
    }
    return Optional.empty();
  }

  /// The positions of what was sent on the wanted side of a time, the closest first.
  private static List<Long> around(
      Handle handle, long room, long time, boolean after, long horizon) {
    long place = place(handle, room, time, horizon);
    long first = nth(handle, NTH_BEFORE, room, place, after ? ASTRAY : MAX_LOOKED_AT, 0);
    long last = nth(handle, NTH_FROM, room, place, after ? MAX_LOOKED_AT : ASTRAY, horizon);
    return handle
        .createQuery(after ? SINCE : UP_TO)
        .bind("room", room)
        .bind("first", first)
        .bind("last", Math.min(last, horizon))
        .bind("time", time)
        .bind("limit", MAX_LOOKED_AT)
        .mapTo(Long.class)
        .list();
  }

  /// The position of the first event that was sent at `time` or later, or one after the horizon.
  private static long place(Handle handle, long room, long time, long horizon) {
    long found = horizon + 1;
    long low = 0;
    long high = horizon;
    while (low < high) {
      long middle = low + (high - low) / 2;
      Optional<Sent> next = next(handle, room, middle, high);
      if (next.isPresent() && next.get().at < time) {
        low = next.get().position;
      } else {
        found = next.map(Sent::position).orElse(found);
        high = middle;
      }
    }
    return found;
  }

  private static Optional<Sent> next(Handle handle, long room, long after, long upTo) {
    return handle
        .createQuery(NEXT)
        .bind("room", room)
        .bind("after", after)
        .bind("up_to", upTo)
        .map((row, _) -> new Sent(row.getLong(1), row.getLong(2)))
        .findOne();
  }

  private static long nth(Handle handle, String sql, long room, long place, int n, long otherwise) {
    return handle
        .createQuery(sql)
        .bind("room", room)
        .bind("place", place)
        .bind("n", n)
        .mapTo(Long.class)
        .findOne()
        .orElse(otherwise);
  }
}
