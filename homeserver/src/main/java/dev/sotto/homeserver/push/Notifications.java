package dev.sotto.homeserver.push;

import dev.sotto.homeserver.accountdata.IgnoredUsers;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.receipts.ReadMarks;
import dev.sotto.homeserver.receipts.Receipts;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.UserId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The events that a user was, or would have been, told of.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#listing-notifications
public final class Notifications {
  private static final int MAX_LIMIT = 100;
  private static final int MAX_LOOKED_AT = 2_000;

  /// One event that the user was told of.
  ///
  /// @param read whether a receipt of the user covers it
  public record Notification(UnreadEvent event, Verdict verdict, boolean read) {}

  /// @param notifications newest first
  /// @param next where the next page starts, or null if there is none
  public record Page(List<Notification> notifications, @Nullable Long next) {}

  private final PushRules rules;
  private final Receipts receipts;
  private final IgnoredUsers ignored;
  private final UnreadEvents events;
  private final Journal journal;

  public Notifications(
      PushRules rules,
      Receipts receipts,
      IgnoredUsers ignored,
      UnreadEvents events,
      Journal journal) {
    this.rules = rules;
    this.receipts = receipts;
    this.ignored = ignored;
    this.events = events;
    this.journal = journal;
  }

  /// A page of notifications, newest first. A page may be short although more follow: only so many
  /// events are looked at for one.
  ///
  /// @param from the `next` of the page before, or null for the first
  public Page list(UserId user, @Nullable Long from, int limit, boolean onlyHighlights) {
    int wanted = Math.clamp(limit, 1, MAX_LIMIT);
    long to = from == null ? journal.head() : from;
    Set<UserId> unheard = ignored.of(user);
    Map<Long, RoomContext> contexts = new HashMap<>();
    List<Notification> found = new ArrayList<>();
    Iterator<UnreadEvent> candidates = events.inJoinedRooms(user, to);
    for (int looked = 0; looked < MAX_LOOKED_AT; looked++) {
      if (!candidates.hasNext()) {
        return new Page(found, null);
      }
      UnreadEvent event = candidates.next();
      to = event.position() - 1;
      if (event.sender().equals(user) || unheard.contains(event.sender())) {
        continue;
      }
      RoomContext room = contexts.computeIfAbsent(event.room(), events::context);
      Verdict verdict = rules.evaluate(user, event, room);
      if (verdict != null && verdict.notifies() && (verdict.highlight() || !onlyHighlights)) {
        found.add(new Notification(event, verdict, isRead(user, event)));
        if (found.size() == wanted) {
          return new Page(found, to);
        }
      }
    }
    return new Page(found, to);
  }

  private boolean isRead(UserId user, UnreadEvent event) {
    ReadMarks marks = receipts.readMarks(user, event.room());
    EventId thread = event.thread();
    return event.position() <= marks.readUpTo(thread == null ? ReadMarks.MAIN : thread.value());
  }
}
