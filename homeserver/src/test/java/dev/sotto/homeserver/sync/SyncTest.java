package dev.sotto.homeserver.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.homeserver.journal.StreamToken;
import dev.sotto.homeserver.rooms.Room;
import dev.sotto.homeserver.rooms.StoredEvent;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class SyncTest {
  private static final UserId ALICE = World.user("alice");
  private static final UserId BOB = World.user("bob");
  private static final UserId CAROL = World.user("carol");

  private final World world = new World();
  private final Client alice = new Client(world, ALICE, "A");
  private final Client bob = new Client(world, BOB, "B");

  @AfterEach
  void close() {
    world.close();
  }

  /// The state of a room as the server has it.
  static Map<String, String> state(Room room) {
    Map<String, String> state = new HashMap<>();
    for (StoredEvent event : room.state().all()) {
      state.put(event.type() + "|" + event.stateKey(), event.id().value());
    }
    return state;
  }

  @Test
  void aSmallRoomComesWholeAtFirst() {
    Room room = world.room(ALICE);
    EventId said = world.say(room, ALICE, "hello");
    alice.filter = "{\"room\":{\"timeline\":{\"limit\":50}}}";

    JsonNode shown = Client.room(alice.sync(), "join", room);

    assertFalse(shown.path("timeline").path("limited").asBoolean());
    assertEquals(List.of(), Client.ids(shown.path("state").path("events")));
    assertEquals(said.value(), Client.ids(shown.path("timeline").path("events")).getLast());
    assertEquals(state(room), alice.view(room).state);
    assertEquals(1, shown.path("summary").path("m.joined_member_count").asInt());
  }

  @Test
  void nothingNewIsAnEmptyAnswer() {
    Room room = world.room(ALICE);
    alice.sync();
    ObjectNode answer = alice.sync();
    assertTrue(Client.room(answer, "join", room).isMissingNode());
    assertFalse(answer.has("rooms"));
  }

  @Test
  void aGapBringsTheStateBeforeTheTimeline() {
    Room room = world.room(ALICE, BOB);
    bob.filter = "{\"room\":{\"timeline\":{\"limit\":3}}}";
    bob.sync();
    world.topic(room, ALICE, "first");
    EventId topic = world.topic(room, ALICE, "second");
    for (int i = 0; i < 5; i++) {
      world.say(room, ALICE, "message " + i);
    }

    JsonNode shown = Client.room(bob.sync(), "join", room);

    assertTrue(shown.path("timeline").path("limited").asBoolean());
    assertEquals(3, shown.path("timeline").path("events").size());
    assertEquals(List.of(topic.value()), Client.ids(shown.path("state").path("events")));
    assertEquals(state(room), bob.view(room).state);
  }

  @Test
  void aLongGapIsReadFromTheDatabase() {
    Room room = world.room(ALICE, BOB);
    bob.sync();
    EventId topic = world.topic(room, ALICE, "early");
    for (int i = 0; i < 70; i++) {
      world.say(room, ALICE, "message " + i);
    }

    JsonNode shown = Client.room(bob.sync(), "join", room);

    assertTrue(shown.path("timeline").path("limited").asBoolean());
    assertEquals(List.of(topic.value()), Client.ids(shown.path("state").path("events")));
    assertEquals(state(room), bob.view(room).state);
  }

  @Test
  void stateAfterHoldsWhatTheTimelineChanged() {
    Room room = world.room(ALICE, BOB);
    bob.form = SyncRequest.StateForm.AFTER;
    bob.sync();
    EventId topic = world.topic(room, ALICE, "new");

    JsonNode shown = Client.room(bob.sync(), "join", room);

    assertFalse(shown.has("state"));
    assertEquals(List.of(topic.value()), Client.ids(shown.path("state_after").path("events")));
    assertEquals(List.of(topic.value()), Client.ids(shown.path("timeline").path("events")));
    assertEquals(state(room), bob.view(room).state);
  }

  @Test
  void stateThatTheTimelineFilterHidesStandsInTheState() {
    Room room = world.room(ALICE, BOB);
    bob.filter = "{\"room\":{\"timeline\":{\"types\":[\"m.room.message\"]}}}";
    bob.sync();
    EventId topic = world.topic(room, ALICE, "hidden");
    EventId said = world.say(room, ALICE, "hello");

    JsonNode shown = Client.room(bob.sync(), "join", room);

    assertEquals(List.of(said.value()), Client.ids(shown.path("timeline").path("events")));
    assertEquals(List.of(topic.value()), Client.ids(shown.path("state").path("events")));
  }

  @Test
  void aRoomJoinedSinceComesWithItsWholeState() {
    Room room = world.room(ALICE);
    bob.sync();
    for (int i = 0; i < 20; i++) {
      world.say(room, ALICE, "message " + i);
    }
    world.join(room, BOB);

    JsonNode shown = Client.room(bob.sync(), "join", room);

    assertTrue(shown.path("timeline").path("limited").asBoolean());
    assertEquals(10, shown.path("timeline").path("events").size());
    assertEquals(state(room), bob.view(room).state);
  }

  @Test
  void whoLeavesSeesTheRoomUpToThereAndOnce() {
    Room room = world.room(ALICE, BOB);
    bob.sync();
    EventId before = world.say(room, ALICE, "before");
    world.leave(room, BOB);
    EventId after = world.say(room, ALICE, "after");

    ObjectNode answer = bob.sync();

    JsonNode shown = Client.room(answer, "leave", room);
    List<String> ids = Client.ids(shown.path("timeline").path("events"));
    assertEquals(2, ids.size());
    assertEquals(before.value(), ids.getFirst());
    assertFalse(ids.contains(after.value()));
    assertTrue(Client.room(answer, "join", room).isMissingNode());
    assertFalse(bob.sync().has("rooms"));
  }

  @Test
  void whoComesBackGetsTheStateThatChangedMeanwhile() {
    Room room = world.room(ALICE, BOB);
    bob.sync();
    world.leave(room, BOB);
    bob.sync();
    world.topic(room, ALICE, "meanwhile");
    world.join(room, BOB);

    JsonNode shown = Client.room(bob.sync(), "join", room);

    assertTrue(shown.path("timeline").path("limited").asBoolean());
    assertEquals(state(room), bob.view(room).state);
  }

  @Test
  void leftRoomsComeAtFirstWhereTheyAreAskedFor() {
    Room room = world.room(ALICE, BOB);
    world.leave(room, BOB);
    world.topic(room, ALICE, "afterwards");

    assertTrue(Client.room(bob.sync(), "leave", room).isMissingNode());

    Client other = new Client(world, BOB, "C");
    other.filter = "{\"room\":{\"include_leave\":true,\"timeline\":{\"limit\":1}}}";
    JsonNode shown = Client.room(other.sync(), "leave", room);
    assertEquals(1, shown.path("timeline").path("events").size());
    Map<String, String> seen = other.view(room).state;
    assertFalse(seen.containsKey("m.room.topic|"));
    assertTrue(seen.containsKey("m.room.create|"));
  }

  @Test
  void whoWasRemovedIsToldOnANewDevice() {
    Room room = world.room(ALICE, BOB);
    world.members.kick(room, ALICE, BOB, null);
    assertFalse(Client.room(bob.sync(), "leave", room).isMissingNode());
  }

  @Test
  void anInvitationShowsWhatTheRoomIs() {
    Room room = world.room(ALICE);
    world.set(room, ALICE, StateKey.NAME, "name", "Garden");
    bob.sync();
    world.members.invite(room, ALICE, BOB, null);

    JsonNode events = Client.room(bob.sync(), "invite", room).path("invite_state").path("events");

    ObjectNode byType = Json.object();
    events.forEach(e -> byType.set(e.path("type").asString() + e.path("state_key").asString(), e));
    assertEquals("Garden", byType.path("m.room.name").path("content").path("name").asString());
    assertTrue(byType.has("m.room.create"));
    assertTrue(byType.has("m.room.member" + ALICE));
    assertEquals(
        "invite", byType.path("m.room.member" + BOB).path("content").path("membership").asString());
    assertFalse(byType.path("m.room.name").has("event_id"));
    assertFalse(bob.sync().has("rooms"));
  }

  @Test
  void whoTurnsDownAnInvitationSeesThatAlone() {
    Room room = world.room(ALICE);
    world.members.invite(room, ALICE, BOB, null);
    bob.sync();
    world.leave(room, BOB);

    JsonNode shown = Client.room(bob.sync(), "leave", room);

    assertEquals(1, shown.path("timeline").path("events").size());
    assertEquals(0, shown.path("state").path("events").size());
  }

  @Test
  void membersAreSentWithTheirFirstMessageAndNotAgain() {
    Room room = world.room(ALICE, BOB, CAROL);
    bob.filter = "{\"room\":{\"state\":{\"lazy_load_members\":true},\"timeline\":{\"limit\":1}}}";
    world.say(room, ALICE, "hello");
    Map<String, String> members = state(room);
    JsonNode first = Client.room(bob.sync(), "join", room);
    assertTrue(bob.view(room).state.containsKey("m.room.member|" + ALICE));
    assertTrue(bob.view(room).state.containsKey("m.room.member|" + BOB));
    // Heroes are members that a client needs to name the room.
    assertEquals(2, first.path("summary").path("m.heroes").size());
    assertTrue(bob.view(room).state.containsKey("m.room.member|" + CAROL));

    world.set(room, ALICE, StateKey.NAME, "name", "Named");
    bob.sync();
    world.say(room, ALICE, "again");
    JsonNode again = Client.room(bob.sync(), "join", room);
    assertEquals(0, again.path("state").path("events").size());

    bob.filter =
        "{\"room\":{\"state\":{\"lazy_load_members\":true,\"include_redundant_members\":true}}}";
    world.say(room, ALICE, "once more");
    JsonNode redundant = Client.room(bob.sync(), "join", room);
    assertEquals(
        List.of(String.valueOf(members.get("m.room.member|" + ALICE))),
        Client.ids(redundant.path("state").path("events")));
  }

  @Test
  void aLostAnswerIsMadeAgainWithItsMembers() {
    Room room = world.room(ALICE, BOB);
    world.set(room, ALICE, StateKey.NAME, "name", "Named");
    for (int i = 0; i < 3; i++) {
      world.say(room, ALICE, "hello " + i);
    }
    bob.filter = "{\"room\":{\"state\":{\"lazy_load_members\":true},\"timeline\":{\"limit\":2}}}";
    bob.sync();
    world.join(room, CAROL);
    bob.sync();
    // The join is known; a fresh memory would send it again.
    var since = bob.since;
    world.say(room, CAROL, "here");
    ObjectNode lost = bob.ask(since, Duration.ZERO, false);
    ObjectNode again = bob.ask(since, Duration.ZERO, false);
    assertEquals(
        Client.ids(Client.room(lost, "join", room).path("state").path("events")),
        Client.ids(Client.room(again, "join", room).path("state").path("events")));
  }

  @Test
  void devicesOfThoseWhoComeAreLookedAtAndOfThoseWhoGoNoMore() {
    Room room = world.room(ALICE);
    alice.sync();
    world.join(room, BOB);
    assertEquals("[\"@bob:example.org\"]", changed(alice.sync(), "changed"));

    Room second = world.room(ALICE);
    alice.sync();
    world.join(second, BOB);
    // They shared a room before.
    assertFalse(alice.sync().has("device_lists"));
    world.leave(room, BOB);
    assertFalse(alice.sync().has("device_lists"));
    world.leave(second, BOB);
    assertEquals("[\"@bob:example.org\"]", changed(alice.sync(), "left"));
  }

  @Test
  void whoLeavesNeedsNobodysDevicesThere() {
    Room room = world.room(ALICE, BOB, CAROL);
    Room shared = world.room(ALICE, BOB);
    bob.sync();
    world.leave(room, BOB);
    assertEquals("[\"@carol:example.org\"]", changed(bob.sync(), "left"));
    world.join(room, BOB);
    assertEquals("[\"@carol:example.org\"]", changed(bob.sync(), "changed"));
    assertEquals(2, shared.state().joined().size());
  }

  private static String changed(ObjectNode answer, String section) {
    return answer.path("device_lists").path(section).toString();
  }

  @Test
  void fullStateComesWhateverIsNew() {
    Room room = world.room(ALICE, BOB);
    bob.sync();
    bob.rooms.clear();
    JsonNode shown = Client.room(bob.sync(Duration.ZERO, true), "join", room);
    assertEquals(0, shown.path("timeline").path("events").size());
    assertEquals(state(room), bob.view(room).state);
  }

  @Test
  void aTokenFromTheFutureBringsEverything() {
    Room room = world.room(ALICE, BOB);
    bob.sync();
    bob.since = new StreamToken(1_000_000, 0, 0);
    assertFalse(Client.room(bob.sync(), "join", room).isMissingNode());
    assertEquals(world.journal.head(), Objects.requireNonNull(bob.since).position());
  }
}
