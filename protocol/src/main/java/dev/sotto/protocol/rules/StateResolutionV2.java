package dev.sotto.protocol.rules;

import dev.sotto.protocol.event.Event;
import dev.sotto.protocol.event.EventTypes;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.EventId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// State resolution of room versions 2 to 11 and, as version 2.1, of room version 12: one
/// resolution.
///
/// @spec https://spec.matrix.org/v1.19/rooms/v12/#state-resolution
final class StateResolutionV2 {
  private static final Comparator<Event> OLDER_FIRST =
      Comparator.comparingLong(Event::originServerTs).thenComparing(Event::id);

  private final RoomVersion version;
  private final EventLookup lookup;
  private final boolean fromScratch;
  private final AuthGraph graph;
  private final Map<StateKey, EventId> resolved = new HashMap<>();

  /// @param fromScratch whether this is version 2.1: begin with an empty state, and count among the
  ///   conflict all that lies between two conflicting events
  StateResolutionV2(RoomVersion version, EventLookup lookup, boolean fromScratch) {
    this.version = version;
    this.lookup = lookup;
    this.fromScratch = fromScratch;
    this.graph = new AuthGraph(lookup);
  }

  Map<StateKey, EventId> resolve(List<Map<StateKey, EventId>> stateSets) {
    StateResolution.Split split = StateResolution.Split.of(stateSets, true);
    Set<EventId> conflicting = new HashSet<>();
    split.conflicting().values().forEach(conflicting::addAll);
    Set<EventId> full = new HashSet<>(conflicting);
    full.addAll(graph.difference(stateSets));
    if (fromScratch) {
      full.addAll(graph.between(conflicting));
    } else {
      resolved.putAll(split.agreed());
    }
    full.removeIf(id -> !isState(graph.event(id)));

    Set<EventId> power = withPowerEvents(full);
    applyAllowed(new PowerOrder(version, graph).sort(power));
    full.removeAll(power);
    applyAllowed(byMainline(full));
    resolved.putAll(split.agreed());
    return resolved;
  }

  private static boolean isState(@Nullable Event event) {
    return event != null && event.isState();
  }

  /// The power events among `full`, and what of `full` they rest on.
  ///
  /// The walk does not go through events outside of `full`. The specification's words would let it,
  /// and so find a few events more; but the servers that are out there walk like this, and a room
  /// whose servers resolve differently falls apart.
  private Set<EventId> withPowerEvents(Set<EventId> full) {
    Set<EventId> power = new HashSet<>();
    List<EventId> open = new ArrayList<>();
    for (EventId id : full) {
      Event event = graph.event(id);
      if (event != null && isPowerEvent(event)) {
        open.add(id);
      }
    }
    while (!open.isEmpty()) {
      EventId id = open.removeLast();
      Event event = graph.event(id);
      if (event != null && full.contains(id) && power.add(id)) {
        open.addAll(event.authEvents());
      }
    }
    return power;
  }

  /// Whether an event may take somebody's rights away.
  private static boolean isPowerEvent(Event event) {
    return switch (event.type()) {
      case EventTypes.POWER_LEVELS, EventTypes.JOIN_RULES -> true;
      case EventTypes.MEMBER -> {
        String membership = event.contentString("membership");
        yield (MembershipRules.LEAVE.equals(membership) || MembershipRules.BAN.equals(membership))
            && !event.sender().value().equals(event.stateKey());
      }
      default -> false;
    };
  }

  /// Applies those of `events` that are allowed after the ones before.
  private void applyAllowed(List<Event> events) {
    for (Event event : events) {
      if (AuthRules.check(version, event, key -> stateFor(event, key)).isAllowed()) {
        resolved.put(event.key(), event.id());
      }
    }
  }

  /// The state that `event` is judged by: what is resolved so far and, where that is silent, the
  /// event's own auth events.
  private @Nullable Event stateFor(Event event, StateKey key) {
    EventId id = resolved.get(key);
    if (id != null) {
      return graph.event(id);
    }
    for (EventId authId : event.authEvents()) {
      Event auth = graph.event(authId);
      if (auth != null && auth.isState() && auth.key().equals(key) && !lookup.isRejected(authId)) {
        return auth;
      }
    }
    return key.equals(StateKey.CREATE) ? graph.impliedCreate(version, event) : null;
  }

  private List<Event> byMainline(Collection<EventId> ids) {
    Map<EventId, Integer> mainline = new HashMap<>();
    EventId powerLevels = resolved.get(StateKey.POWER_LEVELS);
    Event step = powerLevels == null ? null : graph.event(powerLevels);
    while (step != null && !mainline.containsKey(step.id())) {
      mainline.put(step.id(), mainline.size());
      step = graph.powerLevelsOf(step);
    }
    Map<EventId, Integer> positions = new HashMap<>();
    List<Event> events = new ArrayList<>(ids.size());
    for (EventId id : ids) {
      Event event = graph.event(id);
      if (event != null) {
        events.add(event);
        positions.put(id, mainlinePosition(event, mainline));
      }
    }
    events.sort(
        Comparator.comparing((Event event) -> positions.get(event.id()), Comparator.reverseOrder())
            .thenComparing(OLDER_FIRST));
    return events;
  }

  /// How far back the mainline is met from `event`; beyond everything if it is not.
  private int mainlinePosition(Event event, Map<EventId, Integer> mainline) {
    Set<EventId> seen = new HashSet<>();
    for (Event step = graph.powerLevelsOf(event);
        step != null && seen.add(step.id());
        step = graph.powerLevelsOf(step)) {
      Integer position = mainline.get(step.id());
      if (position != null) {
        return position;
      }
    }
    return Integer.MAX_VALUE;
  }

  /// The reverse topological power ordering.
  private record PowerOrder(RoomVersion version, AuthGraph graph) {

    /// Orders events so that each comes after those it rests on; among the free ones, the sender of
    /// the highest level first, then the oldest, then the least id.
    List<Event> sort(Set<EventId> ids) {
      Map<EventId, Integer> waitingFor = new HashMap<>();
      Map<EventId, List<EventId>> dependents = new HashMap<>();
      Map<EventId, Long> levels = new HashMap<>();
      PriorityQueue<Event> free =
          new PriorityQueue<>(
              Comparator.comparing(
                      (Event event) -> levels.get(event.id()), Comparator.reverseOrder())
                  .thenComparing(OLDER_FIRST));
      for (EventId id : ids) {
        Event event = graph.event(id);
        if (event == null) {
          continue;
        }
        levels.put(id, senderLevel(event));
        Set<EventId> needed = new HashSet<>(event.authEvents());
        needed.retainAll(ids);
        waitingFor.put(id, needed.size());
        needed.forEach(on -> dependents.computeIfAbsent(on, _ -> new ArrayList<>()).add(id));
        if (needed.isEmpty()) {
          free.add(event);
        }
      }
      List<Event> sorted = new ArrayList<>(ids.size());
      for (Event event = free.poll(); event != null; event = free.poll()) {
        sorted.add(event);
        for (EventId dependent : dependents.getOrDefault(event.id(), List.of())) {
          if (waitingFor.merge(dependent, -1, Integer::sum) == 0) {
            free.add(Objects.requireNonNull(graph.event(dependent)));
          }
        }
      }
      return sorted;
    }

    /// The level of the event's sender, by its own auth events.
    private long senderLevel(Event event) {
      Event create =
          event.type().equals(EventTypes.CREATE) ? event : graph.authEvent(event, StateKey.CREATE);
      if (create == null) {
        create = graph.impliedCreate(version, event);
      }
      Event powerLevels = graph.powerLevelsOf(event);
      return create == null ? 0 : PowerLevels.of(version, powerLevels, create).of(event.sender());
    }
  }
}
