package dev.sotto.protocol.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.protocol.event.Event;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.EventId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/// State resolution over random histories; a failure names the seed that brings it back.
class StateResolutionSimulationTest {
  private static final int STEPS = 60;

  @Provide
  Arbitrary<RoomVersion> algorithms() {
    return Arbitraries.of(
        Events.version(1), Events.version(2), Events.version(6), Events.version(12));
  }

  @Property(tries = 200, shrinking = ShrinkingMode.OFF)
  void orderOfTheStatesDoesNotMatter(@ForAll("algorithms") RoomVersion version, @ForAll long seed) {
    RoomHistories history = history(version, seed);
    SimulatedRoom room = history.room();
    List<Map<StateKey, EventId>> states = new ArrayList<>();
    history.heads().forEach(head -> states.add(room.stateAfter(head)));
    Map<StateKey, EventId> resolved = room.resolve(states);
    Random random = new Random(seed);
    for (int i = 0; i < 5; i++) {
      Collections.shuffle(states, random);
      List<Map<StateKey, EventId>> rebuilt = new ArrayList<>();
      states.forEach(state -> rebuilt.add(shuffled(state, random)));
      rebuilt.add(states.getFirst());
      assertEquals(resolved, room.resolve(rebuilt));
    }
  }

  @Property(tries = 100, shrinking = ShrinkingMode.OFF)
  void whatAllStatesAgreeOnStays(@ForAll("algorithms") RoomVersion version, @ForAll long seed) {
    RoomHistories history = history(version, seed);
    SimulatedRoom room = history.room();
    Map<StateKey, EventId> resolved = room.stateAfter(history.heads());
    Map<StateKey, EventId> agreed = new HashMap<>(room.stateAfter(history.heads().getFirst()));
    for (Event head : history.heads()) {
      agreed.entrySet().retainAll(room.stateAfter(head).entrySet());
      assertEquals(
          room.stateAfter(head), room.resolve(List.of(room.stateAfter(head))), "one alone");
    }
    assertTrue(resolved.entrySet().containsAll(agreed.entrySet()));
    assertEquals(room.create().id(), resolved.get(StateKey.CREATE));
    resolved.forEach((key, id) -> assertEquals(key, room.get(id).key()));
  }

  /// Histories that never fork would prove nothing.
  @Property(tries = 20, shrinking = ShrinkingMode.OFF)
  void historiesForkInConflict(@ForAll("algorithms") RoomVersion version) {
    int conflicts = 0;
    for (long seed = 0; seed < 10; seed++) {
      RoomHistories history = history(version, seed);
      long different = history.heads().stream().map(history.room()::stateAfter).distinct().count();
      conflicts += different > 1 ? 1 : 0;
    }
    assertTrue(conflicts >= 5, conflicts + " of 10 histories end in a conflict");
  }

  private static RoomHistories history(RoomVersion version, long seed) {
    RoomHistories history = new RoomHistories(version, seed);
    for (int i = 0; i < STEPS; i++) {
      history.step();
    }
    return history;
  }

  private static Map<StateKey, EventId> shuffled(Map<StateKey, EventId> state, Random random) {
    List<Map.Entry<StateKey, EventId>> entries = new ArrayList<>(state.entrySet());
    Collections.shuffle(entries, random);
    Map<StateKey, EventId> copy = new LinkedHashMap<>();
    entries.forEach(entry -> copy.put(entry.getKey(), entry.getValue()));
    return copy;
  }
}
