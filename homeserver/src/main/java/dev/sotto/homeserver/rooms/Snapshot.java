package dev.sotto.homeserver.rooms;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A room as readers see it: its state and newest events, all on disk.
///
/// @param position the position up to which this is the room
/// @param recentFrom `recent` holds every event of the room after this position
/// @param recent the newest events, oldest first
/// @param relatedAt the position of the newest event that points at another one of this room
public record Snapshot(
    long position, RoomState state, long recentFrom, List<StoredEvent> recent, long relatedAt) {
  static final int RECENT = 50;

  /// A room of which nothing is on disk yet.
  static final Snapshot NONE = new Snapshot(0, RoomState.EMPTY, 0, List.of(), 0);

  /// This room after `event`, which left `after` as its state.
  Snapshot with(StoredEvent event, RoomState after, boolean relates) {
    StoredEvent[] events = new StoredEvent[Math.min(recent.size() + 1, RECENT)];
    int dropped = recent.size() + 1 - events.length;
    for (int i = 0; i < events.length - 1; i++) {
      events[i] = recent.get(i + dropped);
    }
    events[events.length - 1] = event;
    return new Snapshot(
        event.position(),
        after,
        dropped == 0 ? recentFrom : recent.get(dropped - 1).position(),
        List.of(events),
        relates ? event.position() : relatedAt);
  }

  /// This room with `redacted` in place of the event it was.
  Snapshot replacing(StoredEvent redacted) {
    List<StoredEvent> events =
        recent.stream().map(e -> e.id().equals(redacted.id()) ? redacted : e).toList();
    return new Snapshot(position, stateWith(state, redacted), recentFrom, events, relatedAt);
  }

  /// `state` with `redacted` in place of the event it was, if that is still part of it.
  static RoomState stateWith(RoomState state, StoredEvent redacted) {
    StoredEvent current = redacted.isState() ? state.stored(redacted.key()) : null;
    return current != null && current.id().equals(redacted.id()) ? state.with(redacted) : state;
  }

  /// The events of (from, to], newest first, at most `limit`; null if they are not all in memory.
  public @Nullable List<StoredEvent> newest(long from, long to, int limit) {
    StoredEvent[] found = new StoredEvent[Math.min(limit, recent.size())];
    int n = 0;
    for (int i = recent.size() - 1; i >= 0 && n < limit; i--) {
      StoredEvent event = recent.get(i);
      if (event.position() <= from) {
        return List.of(Arrays.copyOf(found, n));
      }
      if (event.position() <= to) {
        found[n++] = event;
      }
    }
    return n == limit || from >= recentFrom ? List.of(Arrays.copyOf(found, n)) : null;
  }
}
