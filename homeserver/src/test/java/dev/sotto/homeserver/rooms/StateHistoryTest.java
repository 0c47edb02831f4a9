package dev.sotto.homeserver.rooms;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.UserId;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A room's state at each point of its order, by what was written in which order.
class StateHistoryTest {
  private static final UserId ALICE = RoomWorld.user("alice");
  private static final UserId BOB = RoomWorld.user("bob");
  private static final int STEPS = 150;

  private RoomWorld world = new RoomWorld();

  // What the state was after each position.
  private final TreeMap<Long, Map<StateKey, EventId>> expected = new TreeMap<>();

  @AfterEach
  void close() {
    world.close();
  }

  /// A room with a random life, among events of another room.
  private Room live(long seed) {
    Random random = new Random(seed);
    Room room = world.room(ALICE, BOB);
    Room other = world.room(BOB);
    for (int i = 0; i < STEPS; i++) {
      switch (random.nextInt(5)) {
        case 0 -> world.say(room, BOB, "message " + i);
        case 1 -> world.say(other, BOB, "elsewhere " + i);
        default -> {
          String key = "k" + random.nextInt(6);
          world.set(room, ALICE, new StateKey("org.example.thing", key), "value " + i);
        }
      }
    }
    return room;
  }

  private void expect(Room room) {
    Map<StateKey, EventId> state = new HashMap<>();
    for (StoredEvent event : world.written(room)) {
      if (event.isState()) {
        state.put(event.key(), event.id());
      }
      expected.put(event.position(), Map.copyOf(state));
    }
  }

  private static Map<StateKey, EventId> byKey(Collection<StoredEvent> events) {
    Map<StateKey, EventId> ids = new HashMap<>();
    for (StoredEvent event : events) {
      ids.put(event.key(), event.id());
    }
    assertEquals(events.size(), ids.size(), "a key is there twice");
    return ids;
  }

  private Map<StateKey, EventId> expectedAt(long position) {
    Map.Entry<Long, Map<StateKey, EventId>> before = expected.floorEntry(position);
    return before == null ? Map.of() : before.getValue();
  }

  private void assertHistory(Room room) {
    Timeline timeline = world.services.timeline();
    long end = world.journal.head();
    for (long position = 0; position <= end + 1; position++) {
      Map<StateKey, EventId> then = expectedAt(position);
      assertEquals(then, byKey(timeline.stateAt(room, position)), "at " + position);
      for (StateKey key : expected.lastEntry().getValue().keySet()) {
        assertEquals(
            then.get(key),
            timeline.stateAt(room, key, position).map(StoredEvent::id).orElse(null),
            key + " at " + position);
      }
    }
    Random random = new Random(end);
    for (int i = 0; i < 300; i++) {
      long from = random.nextLong(end + 1);
      long to = random.nextLong(end + 2);
      assertEquals(
          changed(room, from, to),
          byKey(timeline.stateChanges(room, from, to)),
          "(" + from + ", " + to + "]");
    }
  }

  private Map<StateKey, EventId> changed(Room room, long from, long to) {
    Map<StateKey, EventId> changes = new HashMap<>();
    for (StoredEvent event : world.written(room)) {
      if (event.isState() && event.position() > from && event.position() <= to) {
        changes.put(event.key(), event.id());
      }
    }
    return changes;
  }

  private void assertPages(Room room) {
    List<Long> positions = world.written(room).stream().map(StoredEvent::position).toList();
    Random random = new Random(positions.size());
    for (int i = 0; i < 300; i++) {
      long from = random.nextLong(world.journal.head() + 1);
      long to = from + random.nextLong(world.journal.head() + 1);
      int limit = 1 + random.nextInt(80);
      List<Long> within = positions.stream().filter(p -> p > from && p <= to).toList();
      Timeline timeline = world.services.timeline();
      assertEquals(
          within.reversed().stream().limit(limit).toList(),
          timeline.newest(room, from, to, limit).stream().map(StoredEvent::position).toList());
      assertEquals(
          within.stream().limit(limit).toList(),
          timeline.oldest(room, from, to, limit).stream().map(StoredEvent::position).toList());
    }
  }

  @Test
  void theStateAtEachPointIsWhatWasSetUntilThen() {
    for (long seed = 1; seed <= 3; seed++) {
      expected.clear();
      Room room = live(seed);
      expect(room);
      assertHistory(room);
      assertPages(room);
    }
  }

  @Test
  void aRestartChangesNoHistory() {
    Room room = live(4);
    expect(room);
    Map<StateKey, EventId> now = byKey(room.state().all());
    world = world.restarted();
    Room again = world.find(room);
    assertEquals(now, byKey(again.state().all()));
    assertHistory(again);
    assertPages(again);
  }

  @Test
  void aReplacedStateEventKnowsWhatItReplaced() {
    Room room = world.room(ALICE);
    StateKey key = new StateKey("org.example.thing", "");
    world.set(room, ALICE, key, "one");
    long first = RoomWorld.current(room, key).position();
    world.say(room, ALICE, "between");
    world.set(room, ALICE, key, "two");
    assertEquals(first, RoomWorld.current(room, key).replaces());
    world.set(room, ALICE, key, "two");
    assertEquals(first, RoomWorld.current(room, key).replaces(), "the same again is no event");
  }

  @Test
  void membershipsFollowTheState() {
    Room room = world.room(ALICE, BOB);
    world.leave(room, BOB);
    assertEquals(Membership.LEAVE, room.state().membership(BOB));
    assertEquals(Set.of(ALICE), room.state().joined());
    world = world.restarted();
    assertEquals(Set.of(ALICE), world.find(room).state().joined());
  }
}
