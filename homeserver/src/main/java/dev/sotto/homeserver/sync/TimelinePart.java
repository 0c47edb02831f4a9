package dev.sotto.homeserver.sync;

import dev.sotto.homeserver.rooms.StoredEvent;
import dev.sotto.protocol.event.StateKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/// The events of a room that one sync shows.
///
/// @param events oldest first
/// @param limited whether events before the first one were left out
/// @param start the timeline stands on the state after this position
/// @param prevBatch the position to page back from
/// @param skippedState whether state may have changed between the window's start and `start`
/// @param unseen state that was set after `start`, and not by any of the events
record TimelinePart(
    List<StoredEvent> events,
    boolean limited,
    long start,
    long prevBatch,
    boolean skippedState,
    Map<StateKey, StoredEvent> unseen) {

  /// This part for a client that has other events of the room, from an earlier stay.
  TimelinePart afterGap() {
    return new TimelinePart(events, true, start, prevBatch, skippedState, unseen);
  }

  /// This part with `more` behind it.
  TimelinePart with(Collection<StoredEvent> more) {
    if (more.isEmpty()) {
      return this;
    }
    List<StoredEvent> all = new ArrayList<>(events);
    all.addAll(more);
    long before = events.isEmpty() ? all.getFirst().position() - 1 : prevBatch;
    return new TimelinePart(List.copyOf(all), limited, start, before, skippedState, unseen);
  }
}
