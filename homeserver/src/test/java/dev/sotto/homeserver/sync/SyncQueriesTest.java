package dev.sotto.homeserver.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.homeserver.receipts.ReceiptType;
import dev.sotto.homeserver.rooms.Room;
import dev.sotto.homeserver.rooms.StoredEvent;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.UserId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What syncs cost the database.
class SyncQueriesTest {
  private static final UserId ALICE = World.user("alice");
  private static final UserId BOB = World.user("bob");

  // The database would give the same answer again to the very same question.
  private static final String STATISTICS =
      """
      SELECT sql_statement, execution_count FROM information_schema.query_statistics
      WHERE execution_count > ?
      """;

  private long unlike;
  private final World world = new World();
  private final Client bob = new Client(world, BOB, "B");

  @AfterEach
  void close() {
    world.close();
  }

  /// How often each query was run so far.
  private Map<String, Long> statistics() {
    return world.database.read(
        handle -> {
          Map<String, Long> counts = new HashMap<>();
          for (Map<String, Object> row :
              handle.createQuery(STATISTICS).bind(0, --unlike).mapToMap().list()) {
            counts.put(
                String.valueOf(row.get("sql_statement")),
                Long.valueOf(String.valueOf(row.get("execution_count"))));
          }
          return counts;
        });
  }

  /// The queries that `work` runs, each as often as it is run.
  private List<String> queries(Runnable work) {
    world.database.read(handle -> handle.execute("SET QUERY_STATISTICS TRUE"));
    Map<String, Long> before = statistics();
    work.run();
    List<String> queries = new ArrayList<>();
    statistics()
        .forEach(
            (sql, count) -> {
              long times = count - before.getOrDefault(sql, 0L);
              if (sql.contains("SELECT") && !sql.contains("query_statistics")) {
                for (int i = 0; i < times; i++) {
                  queries.add(sql);
                }
              }
            });
    return queries;
  }

  private List<Room> rooms(int count) {
    List<Room> rooms = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Room room = world.room(ALICE, BOB);
      world.say(room, ALICE, "hello");
      rooms.add(room);
    }
    return rooms;
  }

  @Test
  void messagesCostNoQuery() {
    List<Room> rooms = rooms(20);
    bob.filter = "{\"room\":{\"state\":{\"lazy_load_members\":true}}}";
    bob.sync();
    world.say(rooms.getFirst(), ALICE, "warm");
    bob.sync();
    world.say(rooms.getFirst(), ALICE, "one");
    world.say(rooms.get(7), ALICE, "two");
    assertEquals(
        List.of(), queries(() -> assertEquals(2, bob.sync().path("rooms").path("join").size())));
  }

  @Test
  void nothingNewCostsNoQuery() {
    rooms(20);
    bob.sync();
    // News of others is none of this user's.
    world.room(ALICE);
    assertEquals(List.of(), queries(() -> bob.sync()));
    assertEquals(List.of(), queries(() -> bob.sync()));
  }

  @Test
  void aFirstSyncCostsFewQueriesHoweverManyRooms() {
    rooms(60);
    List<String> queries = queries(() -> bob.sync());
    assertTrue(queries.size() < 20, queries::toString);
  }

  @Test
  void aReceiptCostsTwoQueriesAtMost() {
    List<Room> rooms = rooms(20);
    EventId said = world.say(rooms.getFirst(), ALICE, "read");
    bob.sync();
    world.receipts.send(ALICE, rooms.getFirst().id(), ReceiptType.READ, said, null);
    List<String> queries =
        queries(() -> assertEquals(1, bob.sync().path("rooms").path("join").size()));
    // Not none: else nothing was counted in the other tests either.
    assertTrue(queries.size() == 1 || queries.size() == 2, queries::toString);
  }

  @Test
  void aPageOfNotificationsReadsEachRoomOnce() {
    // The newest are in memory; what is deeper is not.
    List<Room> rooms = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Room room = world.room(ALICE, BOB);
      world.set(room, ALICE, StateKey.HISTORY_VISIBILITY, "history_visibility", "joined");
      rooms.add(room);
    }
    long from = world.journal.head();
    for (Room room : rooms) {
      for (int i = 0; i < 120; i++) {
        world.say(room, BOB, "own words are looked at, and not told");
      }
    }
    long deep = world.journal.head() - 5;
    List<String> queries =
        queries(
            () ->
                assertEquals(
                    List.of(), world.notifications.list(BOB, deep, 10, false).notifications()));
    assertTrue(from < deep);
    // Two of each room for what may be seen of it, and one for every fifty events.
    assertTrue(queries.size() <= 5 * (2 + 4) + 5, queries.size() + " queries");
  }

  @Test
  void whoSpokeOnAPageIsFoundInFewQueriesHoweverManyRenamedThemselvesSince() {
    List<UserId> speakers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      speakers.add(World.user("speaker" + i));
    }
    Room room = world.room(ALICE, speakers.toArray(UserId[]::new));
    speakers.forEach(speaker -> world.say(room, speaker, "hello"));
    long then = room.snapshot().position();
    var spoken = world.rooms.timeline().newest(room, 0, then, 20);
    for (int i = 0; i < 3; i++) {
      for (UserId speaker : speakers) {
        world.rename(room, speaker, "name" + i);
      }
    }
    // One who came later, and one who left and came again.
    world.leave(room, speakers.getFirst());
    world.join(room, speakers.getFirst());
    List<StoredEvent> members = new ArrayList<>();
    List<String> queries =
        queries(() -> members.addAll(world.rooms.pages().senders(room, spoken, then)));
    assertTrue(queries.size() <= 6, queries.size() + " queries");
    assertEquals(
        speakers.stream()
            .map(
                speaker ->
                    world
                        .rooms
                        .timeline()
                        .stateAt(room, StateKey.member(speaker), then)
                        .orElseThrow()
                        .position())
            .collect(Collectors.toSet()),
        members.stream().map(StoredEvent::position).collect(Collectors.toSet()));
    assertEquals(List.of(), List.copyOf(world.rooms.pages().senders(room, spoken, 0)));
  }
}
