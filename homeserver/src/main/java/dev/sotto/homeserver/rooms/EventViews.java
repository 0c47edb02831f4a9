package dev.sotto.homeserver.rooms;

import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.UserId;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Turns stored events into what one viewer sees of them; looks up what many of them need in one
/// query.
public final class EventViews {
  /// Who looks.
  ///
  /// @param device null where the viewer has none; then no transaction ids are shown
  public record Viewer(UserId user, @Nullable DeviceId device) {}

  private final Timeline timeline;
  private final Rooms rooms;
  private final Bundling bundling;
  private final InstantSource clock;

  public EventViews(Timeline timeline, Rooms rooms, Bundling bundling, InstantSource clock) {
    this.timeline = timeline;
    this.rooms = rooms;
    this.bundling = bundling;
    this.clock = clock;
  }

  /// The views of `events`, which may be of several rooms, in their order.
  public List<EventView> of(Viewer viewer, List<StoredEvent> events) {
    return views(viewer, events, bundled(viewer, events));
  }

  private List<EventView> views(
      Viewer viewer, List<StoredEvent> events, Map<EventId, byte[]> bundled) {
    Map<Long, StoredEvent> mentioned = mentioned(events);
    long now = clock.millis();
    return events.stream().map(event -> view(viewer, event, mentioned, bundled, now)).toList();
  }

  /// The view of one event.
  public EventView of(Viewer viewer, StoredEvent event) {
    return of(viewer, List.of(event)).getFirst();
  }

  /// The views of state as such, whose `unsigned` says nothing of what came before.
  public List<EventView> ofState(Collection<StoredEvent> events) {
    long now = clock.millis();
    return events.stream()
        .map(event -> new EventView(event, roomOf(event), now, null, null, null, null, null))
        .toList();
  }

  private EventView view(
      Viewer viewer,
      StoredEvent event,
      Map<Long, StoredEvent> mentioned,
      Map<EventId, byte[]> bundled,
      long now) {
    boolean own =
        event.txnId() != null
            && event.sender().equals(viewer.user)
            && event.device() != null
            && event.device().equals(viewer.device);
    return new EventView(
        event,
        roomOf(event),
        now,
        own ? event.txnId() : null,
        mentioned.get(event.replaces()),
        mentioned.get(event.redactedBy()),
        bundled.get(event.id()),
        null);
  }

  private Room roomOf(StoredEvent event) {
    return rooms.byNumber(event.roomNumber());
  }

  /// The events that `events` replaced or were redacted by.
  private Map<Long, StoredEvent> mentioned(List<StoredEvent> events) {
    Set<Long> positions = new HashSet<>();
    for (StoredEvent event : events) {
      if (event.replaces() != 0) {
        positions.add(event.replaces());
      }
      if (event.redactedBy() != 0) {
        positions.add(event.redactedBy());
      }
    }
    if (positions.isEmpty()) {
      return Map.of();
    }
    Map<Long, StoredEvent> found = new HashMap<>();
    for (StoredEvent event : events) {
      if (positions.remove(event.position())) {
        found.put(event.position(), event);
      }
    }
    timeline.at(positions).forEach(event -> found.put(event.position(), event));
    return found;
  }

  private Map<EventId, byte[]> bundled(Viewer viewer, List<StoredEvent> events) {
    // Most rooms have no event that points at one this new: they cost no query.
    List<StoredEvent> candidates =
        events.stream()
            .filter(event -> !event.isState())
            .filter(event -> roomOf(event).snapshot().relatedAt() > event.position())
            .toList();
    return candidates.isEmpty()
        ? Map.of()
        : bundling.of(candidates, viewer.user, found -> views(viewer, found, Map.of()));
  }
}
