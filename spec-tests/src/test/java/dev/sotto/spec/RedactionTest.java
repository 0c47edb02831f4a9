package dev.sotto.spec;

import static dev.sotto.spec.RoomCalls.assertForbidden;
import static dev.sotto.spec.RoomCalls.assertOk;
import static dev.sotto.spec.RoomCalls.assertRefused;
import static dev.sotto.spec.RoomCalls.event;
import static dev.sotto.spec.RoomCalls.membership;
import static dev.sotto.spec.RoomCalls.messages;
import static dev.sotto.spec.RoomCalls.redact;
import static dev.sotto.spec.RoomCalls.state;
import static dev.sotto.spec.RoomCalls.tryRedact;
import static dev.sotto.spec.harness.Http.path;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import io.restassured.path.json.JsonPath;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// @spec https://spec.matrix.org/v1.19/client-server-api/#redactions
class RedactionTest {
  private final Server server = Server.plain();
  private final User alice = server.register("alice");
  private final User bob = server.register("bob");

  private static String version(String number) {
    return "{\"room_version\": \"%s\", \"preset\": \"public_chat\"}".formatted(number);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "3", "6", "10", "11", "12"})
  void redactedMessageIsEmptyAndSaysWhy(String roomVersion) {
    String room = alice.createRoom(version(roomVersion));
    String event = alice.say(room, "a secret");
    String redaction = redact(alice, room, event);
    JsonPath left = event(alice, room, event);
    assertEquals(0, left.getMap("content").size());
    assertEquals(alice.id(), left.getString("sender"));
    assertEquals("m.room.message", left.getString("type"));
    assertEquals(redaction, left.getString("unsigned.redacted_because.event_id"));
    assertEquals("no", left.getString("unsigned.redacted_because.content.reason"));
    assertThat(
        messages(alice, room, "dir=f&limit=100").prettify(), not(containsString("a secret")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "10", "11", "12"})
  void redactionNamesItsTargetForOldAndNewClients(String roomVersion) {
    String room = alice.createRoom(version(roomVersion));
    String event = alice.say(room, "x");
    JsonPath redaction = event(alice, room, redact(alice, room, event));
    assertEquals(event, redaction.getString("redacts"));
    assertEquals(event, redaction.getString("content.redacts"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"10", "11"})
  void redactionCanBeSentLikeAnyEvent(String roomVersion) {
    String room = alice.createRoom(version(roomVersion));
    String event = alice.say(room, "x");
    String redaction =
        alice.send(
            room, "m.room.redaction", "{\"redacts\": \"%s\", \"reason\": \"r\"}".formatted(event));
    JsonPath left = event(alice, room, event);
    assertEquals(redaction, left.getString("unsigned.redacted_because.event_id"));
    assertEquals("r", left.getString("unsigned.redacted_because.content.reason"));
    assertRefused(
        alice.trySend(room, "m.room.redaction", "{\"reason\": \"r\"}"), 400, "M_MISSING_PARAM");
    assertRefused(
        alice.trySend(room, "m.room.redaction", "{\"redacts\": 5}"), 400, "M_MISSING_PARAM");
    assertRefused(
        alice.trySend(room, "m.room.redaction", "{\"redacts\": \"x\"}"), 400, "M_INVALID_PARAM");
  }

  @Test
  void ownEventsAreOnesOwnToRedactOthersTakePower() {
    String room = alice.createRoomWith(bob);
    String alices = alice.say(room, "hers");
    String bobs = bob.say(room, "his");
    assertForbidden(tryRedact(bob, room, alices));
    assertOk(tryRedact(bob, room, bobs));
    assertOk(tryRedact(alice, room, bob.say(room, "his too")));
    alice.setState(
        room, "m.room.power_levels", "{\"redact\": 0, \"events\": {\"m.room.redaction\": 10}}");
    assertForbidden(tryRedact(bob, room, bob.say(room, "his")));
  }

  @Test
  void repeatedRedactionIsTheSameEvent() {
    String room = alice.createRoom();
    String event = alice.say(room, "x");
    String path = path("/v3/rooms/{}/redact/{}/again", room, event);
    String first = alice.put(path, "{}").then().statusCode(200).extract().path("event_id");
    alice.put(path, "{}").then().body("event_id", equalTo(first));
    String second = redact(alice, room, event);
    assertNotEquals(first, second);
    assertEquals(first, event(alice, room, event).getString("unsigned.redacted_because.event_id"));
  }

  @Test
  void redactionOfNothingChangesNothing() {
    String room = alice.createRoom();
    String elsewhere = alice.say(alice.createRoom(), "kept");
    assertOk(tryRedact(alice, room, "$nothing"));
    assertRefused(tryRedact(alice, room, "nothing"), 400, "M_INVALID_PARAM");
    assertOk(tryRedact(alice, room, elsewhere));
    String there = event(alice, roomOf(elsewhere), elsewhere).getString("content.body");
    assertEquals("kept", there);
  }

  private String roomOf(String event) {
    for (String room : alice.get("/v3/joined_rooms").jsonPath().<String>getList("joined_rooms")) {
      if (RoomCalls.getEvent(alice, room, event).statusCode() == 200) {
        return room;
      }
    }
    throw new AssertionError("the event is nowhere");
  }

  @Test
  void redactedStateKeepsWhatTheRoomNeeds() {
    String room = alice.createRoomWith(bob);
    String name = alice.setState(room, "m.room.name", "{\"name\": \"gone\"}");
    redact(alice, room, name);
    assertEquals(0, state(alice, room, "m.room.name").getMap("$").size());
    JsonPath levels =
        alice.get(path("/v3/rooms/{}/state/m.room.power_levels?format=event", room)).jsonPath();
    redact(alice, room, levels.getString("event_id"));
    assertEquals(50, state(alice, room, "m.room.power_levels").getInt("kick"));
    JsonPath member =
        alice
            .get(path("/v3/rooms/{}/state/m.room.member/{}?format=event", room, bob.id()))
            .jsonPath();
    redact(alice, room, member.getString("event_id"));
    assertEquals("join", membership(alice, room, bob));
    alice
        .get(path("/v3/rooms/{}/state/m.room.member/{}?format=event", room, bob.id()))
        .then()
        .body("content.size()", equalTo(1))
        .body("unsigned.redacted_because.sender", equalTo(alice.id()));
    assertOk(bob.trySend(room, "m.room.message", "{}"));
  }

  @Test
  void whatTheRoomCannotDoWithoutCannotBeRedacted() {
    String room = alice.createRoom();
    alice.setState(room, "m.room.server_acl", "{\"allow\": [\"*\"]}");
    for (String type : new String[] {"m.room.create", "m.room.server_acl"}) {
      JsonPath event = alice.get(path("/v3/rooms/{}/state/{}?format=event", room, type)).jsonPath();
      assertForbidden(tryRedact(alice, room, event.getString("event_id")));
    }
    assertThat(state(alice, room, "m.room.server_acl").<String>getList("allow"), contains("*"));
  }

  @Test
  void redactedEventStaysRedactedAfterARestart() {
    try (Server own = Server.start(Map.of())) {
      User carol = own.register("carol");
      String room = carol.createRoom();
      String event = carol.say(room, "the secret word");
      redact(carol, room, event);
      own.kill();
      own.startAgain();
      JsonPath left = event(carol, room, event);
      assertNull(left.get("content.body"));
      assertEquals("no", left.getString("unsigned.redacted_because.content.reason"));
    }
  }

  @Test
  void membersSeeWhoRedactedWhatInTheirNextSync() {
    String room = alice.createRoomWith(bob);
    String event = alice.say(room, "x");
    String since = bob.now();
    String redaction = redact(alice, room, event);
    JsonPath timeline = bob.sync(since);
    String events = "rooms.join.'" + room + "'.timeline.events";
    assertEquals(redaction, timeline.getString(events + "[0].event_id"));
    assertEquals(event, timeline.getString(events + "[0].redacts"));
  }
}
