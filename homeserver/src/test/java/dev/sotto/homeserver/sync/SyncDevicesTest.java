package dev.sotto.homeserver.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.homeserver.journal.StreamToken;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What is for single devices: messages to them, their keys, and whose devices changed.
class SyncDevicesTest {
  private static final UserId ALICE = World.user("alice");
  private static final UserId BOB = World.user("bob");

  private final World world = new World();
  private final Client bob = new Client(world, BOB, "B");

  @BeforeEach
  void register() {
    long number = world.users.number(BOB);
    world.journal.write(tx -> world.devices.ensure(tx, number, bob.device, null));
  }

  @AfterEach
  void close() {
    world.close();
  }

  private void send(int number) {
    world.toDevice.send(
        ALICE,
        null,
        "org.example.message",
        "txn" + number,
        Map.of(BOB, Map.of("*", Json.object().put("number", number))));
  }

  private static List<Integer> numbers(ObjectNode answer) {
    return answer
        .path("to_device")
        .path("events")
        .valueStream()
        .map(event -> event.path("content").path("number").asInt())
        .toList();
  }

  @Test
  void messagesComeOnceAndAgainOnlyIfTheAnswerWasLost() {
    bob.sync();
    StreamToken since = bob.since;
    send(1);
    assertEquals(List.of(1), numbers(bob.ask(since, Duration.ZERO, false)));
    assertEquals(List.of(1), numbers(bob.sync()));
    send(2);
    assertEquals(List.of(2), numbers(bob.sync()));
    assertEquals(List.of(), numbers(bob.sync()));
    // What was synced past is gone, even for who goes back, as soon as that is written.
    world.journal.change(_ -> {});
    assertEquals(List.of(), numbers(bob.ask(since, Duration.ZERO, false)));
  }

  @Test
  void manyMessagesComeAHundredAtATimeWithNothingElseHeldBack() {
    for (int i = 0; i < 250; i++) {
      send(i);
    }
    var room = world.room(ALICE, BOB);
    ObjectNode first = bob.sync();
    assertEquals(100, numbers(first).size());
    assertFalse(Client.room(first, "join", room).isMissingNode());
    String said = world.say(room, ALICE, "hello").value();
    ObjectNode second = bob.sync(Duration.ofMinutes(1), false);
    assertEquals(100, numbers(second).getFirst());
    assertEquals(100, numbers(second).size());
    assertEquals(said, bob.view(room).timeline.getLast());
    assertEquals(50, numbers(bob.sync(Duration.ofMinutes(1), false)).size());
    assertFalse(bob.sync().has("to_device"));
  }

  @Test
  void keyCountsAreAlwaysThere() {
    ObjectNode answer = bob.sync();
    assertEquals(0, answer.path("device_one_time_keys_count").path("signed_curve25519").asInt(-1));
    assertTrue(answer.path("device_unused_fallback_key_types").isArray());
    assertTrue(bob.sync().has("device_one_time_keys_count"));
  }

  @Test
  void whoseDevicesChangedIsToldToThoseWhoShareARoom() {
    world.room(ALICE, BOB);
    bob.sync();
    long alice = world.users.number(ALICE);
    long carol = world.users.number(World.user("carol"));
    world.journal.change(tx -> world.keys.deviceLists().announce(tx, carol));
    assertFalse(bob.sync().has("device_lists"));
    world.journal.change(tx -> world.keys.deviceLists().announce(tx, alice));
    assertEquals(
        "[\"@alice:example.org\"]", bob.sync().path("device_lists").path("changed").toString());
    assertFalse(bob.sync().has("device_lists"));
  }

  @Test
  void whoWasPutOutOfARoomLearnsNothingOfWhoComesAndGoesThereLater() {
    var room = world.room(ALICE, BOB, World.user("carol"));
    bob.sync();
    StreamToken since = bob.since;
    world.join(room, World.user("dan"));
    world.members.kick(room, ALICE, BOB, null);
    world.join(room, World.user("erin"));
    world.join(room, World.user("frank"));
    world.leave(room, World.user("frank"));
    world.leave(room, World.user("carol"));
    // A membership of later does not move the end.
    world.members.ban(room, ALICE, BOB, null);
    Set<UserId> met = Set.of(ALICE, World.user("carol"), World.user("dan"));
    JsonNode lists = bob.ask(since, Duration.ZERO, false).path("device_lists");
    assertEquals(
        met,
        lists
            .path("left")
            .valueStream()
            .map(id -> new UserId(id.asString()))
            .collect(Collectors.toSet()));
    assertEquals(List.of(), lists.path("changed").valueStream().toList());
    long from = Objects.requireNonNull(since).position();
    var moved = world.sync.sharing().between(BOB, from, world.journal.head());
    assertEquals(met, moved.ended());
    assertEquals(Set.of(), moved.began());
  }
}
