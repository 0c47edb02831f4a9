package dev.sotto.homeserver.sync;

import dev.sotto.homeserver.filters.RoomEventFilter;
import dev.sotto.homeserver.rooms.StoredEvent;
import dev.sotto.homeserver.rooms.Timeline;
import dev.sotto.protocol.event.EventTypes;
import dev.sotto.protocol.event.StateKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// Picks the newest events of a room that a user may see and wants.
final class Timelines {
  private static final int DEFAULT_LIMIT = 10;
  private static final int MAX_LIMIT = 500;
  private static final int FILTERED_PAGE = 100;
  private static final int MAX_PAGES = 10;

  private final Timeline timeline;

  Timelines(Timeline timeline) {
    this.timeline = timeline;
  }

  /// How many events of each room `filter` asks for.
  static int limit(RoomEventFilter filter) {
    return Math.min(filter.limit(DEFAULT_LIMIT), MAX_LIMIT);
  }

  /// The newest events of a window that pass `wanted`, at most `limit`.
  TimelinePart of(Window window, Predicate<StoredEvent> wanted, int limit) {
    Scan scan = new Scan(wanted, limit);
    int page = limit + 1;
    long before = window.to();
    for (int pages = 0; ; pages++) {
      List<StoredEvent> events = newest(window, before, page);
      if (!scan.take(events)) {
        return scan.part(window, true);
      }
      if (events.size() < page) {
        return scan.part(window, false);
      }
      if (pages == MAX_PAGES) {
        return scan.part(window, true);
      }
      before = events.getLast().position() - 1;
      page = FILTERED_PAGE;
    }
  }

  private List<StoredEvent> newest(Window window, long to, int limit) {
    List<StoredEvent> recent = window.snapshot().newest(window.from(), to, limit);
    return recent != null ? recent : timeline.newest(window.room(), window.from(), to, limit);
  }

  /// Goes through events from the newest to the oldest.
  private static final class Scan {
    private final Predicate<StoredEvent> wanted;
    private final int limit;
    private final List<StoredEvent> found = new ArrayList<>();
    private final Map<StateKey, StoredEvent> unseen = new HashMap<>();
    private final Map<StateKey, StoredEvent> seen = new HashMap<>();
    private boolean skippedState;

    Scan(Predicate<StoredEvent> wanted, int limit) {
      this.wanted = wanted;
      this.limit = limit;
    }

    /// False if no older event can be taken.
    boolean take(List<StoredEvent> events) {
      for (StoredEvent event : events) {
        if (!wanted.test(event)) {
          skip(event);
        } else if (found.size() == limit || isOutdated(event)) {
          return false;
        } else {
          found.add(event);
          if (event.isState()) {
            seen.put(event.key(), event);
          }
        }
      }
      return true;
    }

    private void skip(StoredEvent event) {
      if (event.isState()) {
        skippedState = true;
        if (!seen.containsKey(event.key())) {
          unseen.putIfAbsent(event.key(), event);
        }
      }
    }

    /// Whether a newer event for the same state is not shown: then this one in the timeline would
    /// be taken for the last word, so the timeline begins after it.
    private boolean isOutdated(StoredEvent event) {
      return event.isState() && unseen.containsKey(event.key());
    }

    TimelinePart part(Window window, boolean cut) {
      List<StoredEvent> events = List.copyOf(found.reversed());
      long start;
      if (events.isEmpty()) {
        start = cut ? window.to() : window.from();
      } else {
        start = events.getFirst().position() - 1;
      }
      return new TimelinePart(
          events,
          cut || window.isNew() && !reachesTheBeginning(events),
          start,
          events.isEmpty() ? window.to() : start,
          cut || skippedState,
          unseen);
    }

    private static boolean reachesTheBeginning(List<StoredEvent> events) {
      return !events.isEmpty() && events.getFirst().type().equals(EventTypes.CREATE);
    }
  }
}
