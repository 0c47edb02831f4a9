package dev.sotto.protocol.rules;

import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.EventId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Joins the states at the ends of a forked history into one.
///
/// The outcome depends on the states and their events alone, not on the order they are given in.
///
/// @spec https://spec.matrix.org/v1.19/server-server-api/#room-state-resolution
public final class StateResolution {
  private StateResolution() {}

  /// The state that `stateSets` resolve to.
  ///
  /// @param lookup finds the events of the states and, for versions 2 and 2.1, of their auth
  ///   chains; an event that it does not have is passed over
  public static Map<StateKey, EventId> resolve(
      RoomVersion version, List<Map<StateKey, EventId>> stateSets, EventLookup lookup) {
    if (stateSets.isEmpty()) {
      return Map.of();
    }
    if (Set.copyOf(stateSets).size() == 1) {
      return Map.copyOf(stateSets.getFirst());
    }
    return switch (version.stateResolution()) {
      case V1 -> new StateResolutionV1(version, lookup).resolve(stateSets);
      case V2 -> new StateResolutionV2(version, lookup, false).resolve(stateSets);
      case V2_1 -> new StateResolutionV2(version, lookup, true).resolve(stateSets);
    };
  }

  /// State sets told apart.
  ///
  /// @param agreed the keys that raise no conflict
  /// @param conflicting per other key, the events that hold it in one state or another
  record Split(Map<StateKey, EventId> agreed, Map<StateKey, Set<EventId>> conflicting) {

    /// Splits `stateSets`. A key that only some of the states have is a conflict or not, depending
    /// on the algorithm.
    static Split of(List<Map<StateKey, EventId>> stateSets, boolean absenceConflicts) {
      Map<StateKey, Set<EventId>> holders = new HashMap<>();
      Map<StateKey, Integer> counts = new HashMap<>();
      for (Map<StateKey, EventId> state : stateSets) {
        state.forEach(
            (key, id) -> {
              holders.computeIfAbsent(key, _ -> new HashSet<>()).add(id);
              counts.merge(key, 1, Integer::sum);
            });
      }
      Map<StateKey, EventId> agreed = new HashMap<>();
      Map<StateKey, Set<EventId>> conflicting = new HashMap<>();
      holders.forEach(
          (key, ids) -> {
            boolean everywhere = counts.getOrDefault(key, 0) == stateSets.size();
            if (ids.size() == 1 && (everywhere || !absenceConflicts)) {
              agreed.put(key, ids.iterator().next());
            } else {
              conflicting.put(key, ids);
            }
          });
      return new Split(agreed, conflicting);
    }
  }
}
