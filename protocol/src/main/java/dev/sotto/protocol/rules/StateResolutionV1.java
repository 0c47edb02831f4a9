package dev.sotto.protocol.rules;

import dev.sotto.protocol.event.Event;
import dev.sotto.protocol.event.EventTypes;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.EventId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// State resolution of room version 1.
///
/// @spec https://spec.matrix.org/v1.19/rooms/v1/#state-resolution
final class StateResolutionV1 {
  private final RoomVersion version;
  private final EventLookup lookup;
  private final Map<StateKey, EventId> resolved = new HashMap<>();

  StateResolutionV1(RoomVersion version, EventLookup lookup) {
    this.version = version;
    this.lookup = lookup;
  }

  Map<StateKey, EventId> resolve(List<Map<StateKey, EventId>> stateSets) {
    StateResolution.Split split = StateResolution.Split.of(stateSets, false);
    resolved.putAll(split.agreed());
    Map<StateKey, Set<EventId>> open = new HashMap<>(split.conflicting());
    resolveChains(open, StateKey.POWER_LEVELS::equals);
    resolveChains(open, key -> key.type().equals(EventTypes.JOIN_RULES));
    resolveChains(open, key -> key.type().equals(EventTypes.MEMBER));
    Map<StateKey, EventId> others = new HashMap<>();
    open.forEach((key, ids) -> put(others, key, highestAllowed(ids)));
    resolved.putAll(others);
    return resolved;
  }

  /// Settles the conflicts over the keys that `chosen` selects. The keys of one round are settled
  /// beside each other, so that their order cannot matter.
  private void resolveChains(Map<StateKey, Set<EventId>> open, Predicate<StateKey> chosen) {
    Map<StateKey, EventId> round = new HashMap<>();
    open.forEach(
        (key, ids) -> {
          if (chosen.test(key)) {
            put(round, key, lastOfChain(key, ids));
          }
        });
    open.keySet().removeIf(chosen);
    resolved.putAll(round);
  }

  /// Starts with the event of the least depth and follows the others as long as each is allowed
  /// after the one before.
  private @Nullable Event lastOfChain(StateKey key, Set<EventId> ids) {
    Event last = null;
    for (Event event : highestFirst(ids).reversed()) {
      Event before = last;
      if (before != null && !isAllowed(event, key, before)) {
        break;
      }
      last = event;
    }
    return last;
  }

  /// The highest event that is allowed; the lowest if none is.
  private @Nullable Event highestAllowed(Set<EventId> ids) {
    Event lowest = null;
    for (Event event : highestFirst(ids)) {
      if (isAllowed(event, event.key(), null)) {
        return event;
      }
      lowest = event;
    }
    return lowest;
  }

  private boolean isAllowed(Event event, StateKey replaced, @Nullable Event replacement) {
    StateView state =
        key -> {
          if (key.equals(replaced)) {
            return replacement;
          }
          EventId id = resolved.get(key);
          return id == null ? null : lookup.get(id);
        };
    return AuthRules.check(version, event, state).isAllowed();
  }

  private List<Event> highestFirst(Set<EventId> ids) {
    List<Event> events = new ArrayList<>(ids.size());
    for (EventId id : ids) {
      Event event = lookup.get(id);
      if (event != null) {
        events.add(event);
      }
    }
    events.sort(
        Comparator.comparingLong(Event::depth).reversed().thenComparing(event -> sha1(event.id())));
    return events;
  }

  private static void put(Map<StateKey, EventId> map, StateKey key, @Nullable Event event) {
    if (event != null) {
      map.put(key, event.id());
    }
  }

  private static String sha1(EventId id) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-1")
                  .digest(id.value().getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-1", e);
    }
  }
}
