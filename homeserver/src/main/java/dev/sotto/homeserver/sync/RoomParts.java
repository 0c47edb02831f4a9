package dev.sotto.homeserver.sync;

import dev.sotto.homeserver.rooms.RoomState;
import dev.sotto.homeserver.rooms.Snapshot;
import dev.sotto.homeserver.rooms.StoredEvent;
import dev.sotto.homeserver.rooms.Timeline;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.UserId;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds which state goes with each timeline.
final class RoomParts {
  private final Timeline timeline;
  private final RoomSummaries summaries = new RoomSummaries();

  RoomParts(Timeline timeline) {
    this.timeline = timeline;
  }

  /// A room's part; complete once [#complete] saw it.
  ///
  /// @param summed whether the room is summed up where that may have changed
  RoomPart of(
      Window window,
      TimelinePart shown,
      SyncRequest.StateForm form,
      boolean lazy,
      boolean summed,
      UserId viewer) {
    boolean after = form.isAfter();
    long stateAt = after ? window.to() : shown.start();
    RoomState current = window.snapshot().state();
    RoomSummary summary =
        summed && (window.wholeState() || current.changedAt() > window.stateFrom())
            ? summaries.of(current, viewer)
            : null;
    Collection<StoredEvent> changes = null;
    if (!window.wholeState()) {
      boolean any = after || shown.skippedState();
      changes = any ? changes(window, window.stateFrom(), stateAt) : List.of();
    }
    PastState past =
        changes == null || lazy && !(shown.events().isEmpty() && summary == null)
            ? PastState.of(timeline, window.room(), window.snapshot(), stateAt)
            : null;
    return new RoomPart(window, shown, after, changes, past, summary);
  }

  /// For each key that was set in (from, to], the last event of it.
  Collection<StoredEvent> changes(Window window, long from, long to) {
    Snapshot snapshot = window.snapshot();
    if (snapshot.state().changedAt() <= from || from >= to) {
      return List.of();
    }
    List<StoredEvent> recent = snapshot.newest(from, to, Integer.MAX_VALUE);
    if (recent == null) {
      return timeline.stateChanges(window.room(), from, to);
    }
    Map<StateKey, StoredEvent> changes = new HashMap<>();
    for (StoredEvent event : recent) {
      if (event.isState()) {
        changes.putIfAbsent(event.key(), event);
      }
    }
    return changes.values();
  }

  /// Fetches what the parts lack, in one query.
  void complete(Collection<@Nullable PastState> states) {
    Set<Long> missing = new HashSet<>();
    for (PastState state : states) {
      if (state != null) {
        missing.addAll(state.missing());
      }
    }
    if (missing.isEmpty()) {
      return;
    }
    Map<Long, StoredEvent> found = new HashMap<>();
    timeline.at(missing).forEach(event -> found.put(event.position(), event));
    for (PastState state : states) {
      if (state != null) {
        state.complete(found);
      }
    }
  }
}
