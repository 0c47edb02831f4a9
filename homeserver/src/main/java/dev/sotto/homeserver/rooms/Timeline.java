package dev.sotto.homeserver.rooms;

import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.EventId;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// Reads rooms along their order: events, and the state at any point of it. What is new comes from
/// memory, the rest from the database.
///
/// Positions are bounds: (from, to] excludes `from`. A position between two events is as good as
/// one of an event. No visibility is looked at here; see [Visibility].
public final class Timeline {
  private final RoomStore store;

  Timeline(RoomStore store) {
    this.store = store;
  }

  /// The newest `limit` events of (from, to], newest first.
  public List<StoredEvent> newest(Room room, long from, long to, int limit) {
    List<StoredEvent> recent = room.snapshot().newest(from, to, limit);
    return recent != null ? recent : store.newest(room.number(), from, published(room, to), limit);
  }

  /// The oldest `limit` events of (from, to], oldest first.
  public List<StoredEvent> oldest(Room room, long from, long to, int limit) {
    return store.oldest(room.number(), from, published(room, to), limit);
  }

  /// What the database has beyond this is not to be seen yet.
  static long published(Room room, long to) {
    return Math.min(to, room.snapshot().position());
  }

  /// An event of this room, or empty if it has none of this id.
  public Optional<StoredEvent> event(Room room, EventId id) {
    for (StoredEvent event : room.snapshot().recent()) {
      if (event.id().equals(id)) {
        return Optional.of(event);
      }
    }
    return store.event(id).filter(event -> event.roomNumber() == room.number());
  }

  /// Events by their positions, of any rooms, in no order.
  public List<StoredEvent> at(Collection<Long> positions) {
    return store.byPositions(positions);
  }

  /// The whole state as it was after `position`, in no order.
  public Collection<StoredEvent> stateAt(Room room, long position) {
    RoomState current = room.state();
    return current.changedAt() <= position ? current.all() : store.stateAt(room.number(), position);
  }

  /// The event that held `key` after `position`, if any did.
  public Optional<StoredEvent> stateAt(Room room, StateKey key, long position) {
    StoredEvent current = room.state().stored(key);
    if (current == null || current.position() <= position) {
      return Optional.ofNullable(current);
    }
    return store.stateEventAt(room.number(), key.type(), key.key(), position);
  }

  /// For each key that was set in (from, to], the last event of it that set it, in no order.
  public List<StoredEvent> stateChanges(Room room, long from, long to) {
    return room.state().changedAt() <= from || from >= to
        ? List.of()
        : store.stateChanges(room.number(), from, to);
  }

  /// Every event that ever set `key`, oldest first.
  public List<StoredEvent> history(Room room, StateKey key) {
    return store.stateHistory(room.number(), key.type(), key.key());
  }
}
