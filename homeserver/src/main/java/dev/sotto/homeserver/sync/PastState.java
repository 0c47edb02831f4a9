package dev.sotto.homeserver.sync;

import dev.sotto.homeserver.rooms.Room;
import dev.sotto.homeserver.rooms.RoomState;
import dev.sotto.homeserver.rooms.Snapshot;
import dev.sotto.homeserver.rooms.StoredEvent;
import dev.sotto.homeserver.rooms.Timeline;
import dev.sotto.protocol.event.StateKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A room's state after some position, made from the state in memory by taking back the newest
/// events; what those had replaced is fetched for many rooms in one query.
final class PastState {
  private final RoomState base;
  private final @Nullable Map<StateKey, StoredEvent> stored;
  private final Map<StateKey, Long> takenBack;
  private final Map<Long, StoredEvent> replaced = new HashMap<>();

  private PastState(
      RoomState base, @Nullable Map<StateKey, StoredEvent> stored, Map<StateKey, Long> takenBack) {
    this.base = base;
    this.stored = stored;
    this.takenBack = takenBack;
  }

  /// The state after `position`; to be completed with [#missing] before it is read.
  static PastState of(Timeline timeline, Room room, Snapshot snapshot, long position) {
    RoomState current = snapshot.state();
    if (current.changedAt() <= position) {
      return new PastState(current, null, Map.of());
    }
    if (position < snapshot.recentFrom()) {
      Map<StateKey, StoredEvent> stored = new HashMap<>();
      timeline.stateAt(room, position).forEach(event -> stored.put(event.key(), event));
      return new PastState(current, stored, Map.of());
    }
    Map<StateKey, Long> takenBack = new HashMap<>();
    for (StoredEvent event : snapshot.recent()) {
      if (event.position() > position && event.isState()) {
        takenBack.putIfAbsent(event.key(), event.replaces());
      }
    }
    PastState past = new PastState(current, null, takenBack);
    for (StoredEvent event : snapshot.recent()) {
      if (takenBack.containsValue(event.position())) {
        past.replaced.put(event.position(), event);
      }
    }
    return past;
  }

  /// The positions of the events that this state lacks.
  List<Long> missing() {
    List<Long> missing = new ArrayList<>();
    for (long position : takenBack.values()) {
      if (position != 0 && !replaced.containsKey(position)) {
        missing.add(position);
      }
    }
    return missing;
  }

  /// Takes those of `events` that it lacks.
  void complete(Map<Long, StoredEvent> events) {
    for (long position : missing()) {
      StoredEvent event = events.get(position);
      if (event != null) {
        replaced.put(position, event);
      }
    }
  }

  /// The event that held `key`, or null.
  @Nullable StoredEvent get(StateKey key) {
    if (stored != null) {
      return stored.get(key);
    }
    Long before = takenBack.get(key);
    return before == null ? base.stored(key) : replaced.get(before);
  }

  /// Every state event, in no order.
  Collection<StoredEvent> all() {
    if (stored != null) {
      return stored.values();
    }
    if (takenBack.isEmpty()) {
      return base.all();
    }
    List<StoredEvent> all = new ArrayList<>();
    for (StoredEvent event : base.all()) {
      if (!takenBack.containsKey(event.key())) {
        all.add(event);
      }
    }
    all.addAll(replaced.values());
    return all;
  }
}
