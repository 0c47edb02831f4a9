package dev.sotto.homeserver.rooms;

import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.UserId;
import java.time.InstantSource;
import java.util.ArrayList;
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

  EventViews(Timeline timeline, Rooms rooms, Bundling bundling, InstantSource clock) {
    this.timeline = timeline;
    this.rooms = rooms;
    this.bundling = bundling;
    this.clock = clock;
  }

  /// The views of `events`, which may be of several rooms, in their order.
  public List<EventView> of(Viewer viewer, List<StoredEvent> events) {
    return views(viewer, events, bundled(viewer, events));
  }

  /// The view of one event.
  public EventView of(Viewer viewer, StoredEvent event) {
    return of(viewer, List.of(event)).getFirst();
  }

  private List<EventView> views(
      Viewer viewer, List<StoredEvent> events, Map<EventId, byte[]> bundled) {
    Map<Long, StoredEvent> mentioned = mentioned(events, true);
    Map<Room, OwnMemberships> memberships = new HashMap<>();
    long now = clock.millis();
    List<EventView> views = new ArrayList<>(events.size());
    for (StoredEvent event : events) {
      Room room = roomOf(event);
      Membership membership =
          memberships
              .computeIfAbsent(room, one -> new OwnMemberships(one, viewer.user))
              .at(event.position());
      views.add(
          new EventView(
              event,
              room,
              now,
              isOwn(viewer, event) ? event.txnId() : null,
              mentioned.get(event.replaces()),
              mentioned.get(event.redactedBy()),
              bundled.get(event.id()),
              membership));
    }
    return views;
  }

  private static boolean isOwn(Viewer viewer, StoredEvent event) {
    return event.txnId() != null
        && event.sender().equals(viewer.user)
        && event.device() != null
        && event.device().equals(viewer.device);
  }

  /// The views of state as such, whose `unsigned` says nothing of what came before.
  public List<EventView> ofState(Collection<StoredEvent> events) {
    Map<Long, StoredEvent> redactions = mentioned(events, false);
    long now = clock.millis();
    return events.stream()
        .map(
            event ->
                new EventView(
                    event,
                    roomOf(event),
                    now,
                    null,
                    null,
                    redactions.get(event.redactedBy()),
                    null,
                    null))
        .toList();
  }

  private Room roomOf(StoredEvent event) {
    return rooms.byNumber(event.roomNumber());
  }

  /// The events that `events` were redacted by, and if wanted those that they replaced.
  private Map<Long, StoredEvent> mentioned(Collection<StoredEvent> events, boolean replaced) {
    Set<Long> positions = new HashSet<>();
    for (StoredEvent event : events) {
      if (replaced && event.replaces() != 0) {
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
    if (candidates.isEmpty()) {
      return Map.of();
    }
    // What is bundled is shown with its own edits, which nothing can be bundled with in turn.
    return bundling.of(
        candidates,
        viewer.user,
        found -> views(viewer, found, bundling.editsOf(found, viewer.user, this::bare)));
  }

  private List<EventView> bare(List<StoredEvent> edits) {
    return ofState(edits);
  }

  /// What one user was in one room, at positions that are asked in any order.
  private final class OwnMemberships {
    private final Room room;
    private final StateKey key;
    private @Nullable List<StoredEvent> history;

    OwnMemberships(Room room, UserId user) {
      this.room = room;
      this.key = StateKey.member(user);
    }

    /// The membership after the event at `position`; most are as new as the current one, or older
    /// than the only one there was, which costs no query.
    Membership at(long position) {
      StoredEvent current = room.state().stored(key);
      if (current == null) {
        return Membership.LEAVE;
      }
      if (current.position() <= position) {
        return Membership.of(current);
      }
      if (current.replaces() == 0) {
        return Membership.LEAVE;
      }
      List<StoredEvent> known = history;
      if (known == null) {
        known = timeline.history(room, key);
        history = known;
      }
      Membership membership = Membership.LEAVE;
      for (StoredEvent event : known) {
        if (event.position() > position) {
          break;
        }
        membership = Membership.of(event);
      }
      return membership;
    }
  }
}
