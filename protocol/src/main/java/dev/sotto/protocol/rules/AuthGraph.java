package dev.sotto.protocol.rules;

import dev.sotto.protocol.event.Event;
import dev.sotto.protocol.event.EventTypes;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.RoomId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The events of a room and their `auth_events`, each looked up once.
final class AuthGraph {
  private final EventLookup lookup;
  private final Map<EventId, @Nullable Event> events = new HashMap<>();

  AuthGraph(EventLookup lookup) {
    this.lookup = lookup;
  }

  @Nullable Event event(EventId id) {
    if (!events.containsKey(id)) {
      events.put(id, lookup.get(id));
    }
    return events.get(id);
  }

  @Nullable Event authEvent(Event event, StateKey key) {
    for (EventId id : event.authEvents()) {
      Event auth = event(id);
      if (auth != null && auth.isState() && auth.key().equals(key)) {
        return auth;
      }
    }
    return null;
  }

  @Nullable Event powerLevelsOf(Event event) {
    return authEvent(event, StateKey.POWER_LEVELS);
  }

  /// The create event that the room's id names, where it does.
  @Nullable Event impliedCreate(RoomVersion version, Event event) {
    RoomId room = event.roomId();
    if (!version.roomIdFromCreate() || room == null) {
      return null;
    }
    Event create = event(new EventId("$" + room.value().substring(1)));
    return create != null && create.type().equals(EventTypes.CREATE) ? create : null;
  }

  /// `ids` and all that they rest on, without those in `known` and what is reached only by them.
  Set<EventId> withAuthChains(Collection<EventId> ids, Set<EventId> known) {
    Set<EventId> reached = new HashSet<>();
    List<EventId> open = new ArrayList<>(ids);
    while (!open.isEmpty()) {
      EventId id = open.removeLast();
      if (known.contains(id) || !reached.add(id)) {
        continue;
      }
      Event event = event(id);
      if (event != null) {
        open.addAll(event.authEvents());
      }
    }
    return reached;
  }

  /// The events that some, but not all of the states are or rest on. (A state's own events count as
  /// part of its chain, as other servers count them, though the specification can be read in
  /// another way: an event that is in one state and under another is no difference.)
  Set<EventId> difference(List<Map<StateKey, EventId>> stateSets) {
    Set<EventId> common = new HashSet<>(stateSets.getFirst().values());
    for (Map<StateKey, EventId> state : stateSets) {
      common.retainAll(new HashSet<>(state.values()));
    }
    Set<EventId> underAll = withAuthChains(common, Set.of());
    Map<EventId, Integer> counts = new HashMap<>();
    for (Map<StateKey, EventId> state : stateSets) {
      withAuthChains(state.values(), underAll).forEach(id -> counts.merge(id, 1, Integer::sum));
    }
    counts.values().removeIf(count -> count == stateSets.size());
    return counts.keySet();
  }

  /// The conflicted state subgraph: all events on the ways from one of `ends` to another.
  Set<EventId> between(Set<EventId> ends) {
    Set<EventId> below = withAuthChains(ends, Set.of());
    Map<EventId, List<EventId>> dependents = new HashMap<>();
    for (EventId id : below) {
      Event event = event(id);
      if (event != null) {
        for (EventId auth : event.authEvents()) {
          dependents.computeIfAbsent(auth, _ -> new ArrayList<>()).add(id);
        }
      }
    }
    Set<EventId> between = new HashSet<>();
    List<EventId> open = new ArrayList<>(ends);
    while (!open.isEmpty()) {
      EventId id = open.removeLast();
      if (between.add(id)) {
        open.addAll(dependents.getOrDefault(id, List.of()));
      }
    }
    return between;
  }
}
