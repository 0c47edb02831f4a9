package dev.sotto.homeserver.push;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sotto.homeserver.accountdata.IgnoredUsers;
import dev.sotto.homeserver.receipts.ReadMarks;
import dev.sotto.homeserver.receipts.Receipts;
import dev.sotto.protocol.id.UserId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How many events users have not read, and should hear of by their push rules.
///
/// Nothing is written when an event is sent. Who asks for a count looks at the events that came
/// since the last time; the first time, at the newest that come after the user's receipts.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#receiving-notifications
public final class UnreadCounts {
  private static final int CACHED = 100_000;
  private static final int MAX_PER_ROOM = 1_000;
  private static final int MIN_PER_ROOM = 100;
  private static final int MAX_AT_ONCE = 20_000;

  private record Key(UserId user, long room) {}

  private final PushRules rules;
  private final Receipts receipts;
  private final IgnoredUsers ignored;
  private final UnreadEvents events;
  private final Cache<Key, Tally> tallies = Caffeine.newBuilder().maximumSize(CACHED).build();

  public UnreadCounts(
      PushRules rules, Receipts receipts, IgnoredUsers ignored, UnreadEvents events) {
    this.rules = rules;
    this.receipts = receipts;
    this.ignored = ignored;
    this.events = events;
  }

  /// What a user has not read of one room, up to position `to` at least.
  public Unread of(UserId user, long room, long to) {
    return of(user, List.of(room), to).getOrDefault(room, Unread.NONE);
  }

  /// What a user has not read of several rooms, up to position `to` at least, by the number of the
  /// room.
  public Map<Long, Unread> of(UserId user, Collection<Long> rooms, long to) {
    Tally.Basis basis = new Tally.Basis(user, rules.compiled(user), ignored.of(user));
    Map<Long, Tally> wanted = new HashMap<>();
    List<Long> cold = new ArrayList<>();
    for (long room : rooms) {
      Tally tally = tallies.getIfPresent(new Key(user, room));
      if (tally == null || !tally.basis().same(basis)) {
        cold.add(room);
      } else {
        wanted.put(room, tally);
      }
    }
    warmUp(basis, cold, to, wanted);
    catchUp(wanted, to);
    Map<Long, Unread> counts = HashMap.newHashMap(wanted.size());
    wanted.forEach(
        (room, tally) -> {
          ReadMarks marks = receipts.readMarks(user, room);
          synchronized (tally) {
            counts.put(room, tally.count(marks));
          }
        });
    return counts;
  }

  /// Makes the tallies that are not there yet. Of many rooms less is looked at in each, so that a
  /// user with much unread does not wait longer for a first sync.
  private void warmUp(Tally.Basis basis, List<Long> rooms, long to, Map<Long, Tally> into) {
    if (rooms.isEmpty()) {
      return;
    }
    int limit = Math.clamp(MAX_AT_ONCE / rooms.size(), MIN_PER_ROOM, MAX_PER_ROOM);
    Map<Long, Tally> made = new HashMap<>();
    List<UnreadEvents.Range> ranges = new ArrayList<>(rooms.size());
    for (long room : rooms) {
      ReadMarks marks = receipts.readMarks(basis.user(), room);
      long from = marks.readUpTo(ReadMarks.MAIN);
      Tally tally = new Tally(basis, from);
      if (marks.unthreaded() < from) {
        // What the main timeline's receipt is ahead by may still be unread in threads.
        RoomContext context = events.context(room);
        events
            .newestInThreads(room, marks.unthreaded(), from, limit)
            .forEach(event -> tally.add(event, context));
      }
      made.put(room, tally);
      ranges.add(new UnreadEvents.Range(room, from, limit));
    }
    read(made, ranges, to);
    made.forEach(
        (room, tally) -> {
          tallies.put(new Key(basis.user(), room), tally);
          into.put(room, tally);
        });
  }

  private void catchUp(Map<Long, Tally> wanted, long to) {
    List<UnreadEvents.Range> ranges = new ArrayList<>();
    wanted.forEach(
        (room, tally) -> {
          synchronized (tally) {
            if (tally.seen() < to) {
              ranges.add(new UnreadEvents.Range(room, tally.seen(), MAX_PER_ROOM));
            }
          }
        });
    if (!ranges.isEmpty()) {
      read(wanted, ranges, to);
    }
  }

  private void read(Map<Long, Tally> into, List<UnreadEvents.Range> ranges, long to) {
    Map<Long, List<UnreadEvent>> found = events.newest(ranges, to);
    for (UnreadEvents.Range range : ranges) {
      Tally tally = into.get(range.room());
      if (tally == null) {
        continue;
      }
      List<UnreadEvent> fresh = found.getOrDefault(range.room(), List.of());
      RoomContext context = events.context(range.room());
      synchronized (tally) {
        for (UnreadEvent event : fresh) {
          // Another request may have looked at some of them meanwhile.
          if (event.position() > tally.seen()) {
            tally.add(event, context);
          }
        }
        tally.seenUpTo(to);
      }
    }
  }
}
