package dev.sotto.homeserver.push;

import dev.sotto.homeserver.receipts.ReadMarks;
import dev.sotto.protocol.event.EventTypes;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.UserId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The unread events of one user in one room that count, by thread. To be used under its own lock.
final class Tally {
  /// How many events of a thread are told apart; of more the oldest are forgotten.
  static final int MAX_COUNTED = 1_000;

  /// Whose events, by which rules; if one of these changes, the tally is made anew.
  record Basis(UserId user, CompiledRules rules, Set<UserId> ignored) {
    boolean same(Basis other) {
      return rules == other.rules && ignored.equals(other.ignored);
    }
  }

  private final Basis basis;
  // Each entry is a position, twice, plus one for a highlight.
  private final Map<String, Deque<Long>> counted = new HashMap<>();
  private long seen;

  Tally(Basis basis, long seen) {
    this.basis = basis;
    this.seen = seen;
  }

  Basis basis() {
    return basis;
  }

  /// The position up to which events were looked at.
  long seen() {
    return seen;
  }

  void seenUpTo(long position) {
    seen = Math.max(seen, position);
  }

  /// Looks at the next event.
  void add(UnreadEvent event, RoomContext room) {
    if (event.type().equals(EventTypes.REDACTION)) {
      forget(event.redactedPosition());
    }
    if (event.sender().equals(basis.user)) {
      readByWriting(event);
      return;
    }
    if (event.isRedacted() || basis.ignored.contains(event.sender())) {
      return;
    }
    Verdict verdict = basis.rules.evaluate(event, room);
    if (verdict != null && verdict.notifies()) {
      Deque<Long> thread = counted.computeIfAbsent(name(event.thread()), _ -> new ArrayDeque<>());
      thread.addLast(event.position() << 1 | (verdict.highlight() ? 1 : 0));
      if (thread.size() > MAX_COUNTED) {
        thread.removeFirst();
      }
    }
  }

  /// Whoever writes has read what is above; whoever joins has nothing to catch up on.
  private void readByWriting(UnreadEvent event) {
    if (event.type().equals(EventTypes.MEMBER) && basis.user.value().equals(event.stateKey())) {
      counted.clear();
    } else {
      counted.remove(name(event.thread()));
    }
  }

  private void forget(long position) {
    if (position > 0) {
      counted.values().forEach(thread -> thread.removeIf(entry -> entry >> 1 == position));
    }
  }

  /// What is left unread after `marks`; what they cover is forgotten, for they never go back.
  Unread count(ReadMarks marks) {
    Map<String, Unread.Count> counts = new HashMap<>();
    var threads = counted.entrySet().iterator();
    while (threads.hasNext()) {
      Map.Entry<String, Deque<Long>> thread = threads.next();
      long read = marks.readUpTo(thread.getKey());
      Deque<Long> entries = thread.getValue();
      while (!entries.isEmpty() && entries.getFirst() >> 1 <= read) {
        entries.removeFirst();
      }
      if (entries.isEmpty()) {
        threads.remove();
      } else {
        int highlights = (int) entries.stream().filter(entry -> (entry & 1) == 1).count();
        counts.put(thread.getKey(), new Unread.Count(entries.size(), highlights));
      }
    }
    if (counts.isEmpty()) {
      return Unread.NONE;
    }
    Unread.Count main = counts.remove(ReadMarks.MAIN);
    return new Unread(main == null ? Unread.Count.NONE : main, counts);
  }

  private static String name(@Nullable EventId thread) {
    return thread == null ? ReadMarks.MAIN : thread.value();
  }
}
