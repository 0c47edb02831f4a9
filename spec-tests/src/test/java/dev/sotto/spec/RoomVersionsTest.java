package dev.sotto.spec;

import static dev.sotto.spec.RoomCalls.assertForbidden;
import static dev.sotto.spec.RoomCalls.assertOk;
import static dev.sotto.spec.RoomCalls.assertRefused;
import static dev.sotto.spec.RoomCalls.event;
import static dev.sotto.spec.RoomCalls.knock;
import static dev.sotto.spec.RoomCalls.membership;
import static dev.sotto.spec.RoomCalls.redact;
import static dev.sotto.spec.RoomCalls.setState;
import static dev.sotto.spec.RoomCalls.state;
import static dev.sotto.spec.RoomCalls.tryJoin;
import static dev.sotto.spec.RoomCalls.tryRedact;
import static dev.sotto.spec.harness.Http.path;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import io.restassured.path.json.JsonPath;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// @spec https://spec.matrix.org/v1.19/rooms/
class RoomVersionsTest {
  private final Server server = Server.plain();
  private final User alice = server.register("alice");
  private final User bob = server.register("bob");

  private String room(int version) {
    return alice.createRoom(
        "{\"room_version\": \"%d\", \"preset\": \"public_chat\"}".formatted(version));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void peopleChatInEveryVersion(int version) {
    String room = room(version);
    assertThat(
        room, matchesPattern(version < 12 ? "![A-Za-z]{18}:localhost" : "![A-Za-z0-9_-]{43}"));
    assertEquals("" + version, state(alice, room, "m.room.create").getString("room_version"));
    assertEquals(
        version < 11 ? alice.id() : null, state(alice, room, "m.room.create").getString("creator"));
    bob.join(room);
    String said = bob.say(room, "hello");
    assertThat(
        said,
        matchesPattern(
            version < 3
                ? "\\$[A-Za-z0-9_-]+:localhost"
                : version == 3 ? "\\$[A-Za-z0-9+/]{43}" : "\\$[A-Za-z0-9_-]{43}"));
    assertEquals("hello", event(alice, room, said).getString("content.body"));
    alice.setState(room, "m.room.name", "{\"name\": \"n\"}");
    assertOk(RoomCalls.kick(alice, room, bob));
    bob.join(room);
    assertOk(RoomCalls.ban(alice, room, bob));
    assertForbidden(tryJoin(bob, room));
    assertOk(RoomCalls.unban(alice, room, bob));
    assertEquals("leave", membership(alice, room, bob));
    redact(alice, room, said);
    assertNull(event(alice, room, said).get("content.body"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void numbersAreOnlyAsWildAsTheVersionAllows(int version) {
    String room = room(version);
    if (version < 6) {
      String event = alice.send(room, "org.example", "{\"n\": 1.5, \"big\": 9007199254740993}");
      assertEquals(1.5f, event(alice, room, event).getFloat("content.n"));
      assertEquals(9007199254740993L, event(alice, room, event).getLong("content.big"));
      String one = alice.setState(room, "org.example", "{\"n\": 0.1}");
      String two = alice.setState(room, "org.example", "{\"n\": 0.2}");
      JsonPath changed = event(alice, room, two);
      assertEquals(one, changed.getString("unsigned.replaces_state"));
      assertEquals(0.1f, changed.getFloat("unsigned.prev_content.n"));
    } else {
      assertRefused(alice.trySend(room, "org.example", "{\"n\": 1.5}"), 400, "M_BAD_JSON");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {6, 7, 9, 10, 12})
  void knockingIsThereFromVersionSeven(int version) {
    String room = room(version);
    alice.setState(room, "m.room.join_rules", "{\"join_rule\": \"knock\"}");
    assertEquals(version < 7 ? 403 : 200, knock(bob, room).statusCode());
    String other = room(version);
    alice.setState(other, "m.room.join_rules", "{\"join_rule\": \"knock_restricted\"}");
    assertEquals(version < 10 ? 403 : 200, knock(bob, other).statusCode());
  }

  @ParameterizedTest
  @ValueSource(ints = {7, 8, 11, 12})
  void restrictedRoomsAreThereFromVersionEight(int version) {
    String club = alice.createRoomWith(bob);
    String room = room(version);
    alice.setState(
        room,
        "m.room.join_rules",
        """
        {"join_rule": "restricted", "allow": [
          {"type": "m.room_membership", "room_id": "%s"}]}
        """
            .formatted(club));
    assertEquals(version < 8 ? 403 : 200, tryJoin(bob, room).statusCode());
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 10, 12})
  void powerLevelsAreIntegersFromVersionTen(int version) {
    String room = room(version);
    String levels =
        version < 12
            ? "{\"users\": {\"" + alice.id() + "\": \"100\"}, \"ban\": \"50\"}"
            : "{\"ban\": \"50\"}";
    assertEquals(
        version < 10 ? 200 : 403,
        setState(alice, room, "m.room.power_levels", "", levels).statusCode());
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 6})
  void aliasEventsAreOrdinaryStateFromVersionSix(int version) {
    String room = room(version);
    bob.join(room);
    // Before, users may set the aliases of their server whatever their level is.
    assertEquals(
        version < 6 ? 200 : 403,
        setState(bob, room, "m.room.aliases", "localhost", "{\"aliases\": []}").statusCode());
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 10, 11, 12})
  void membersRedactOnlyTheirOwnInEveryVersion(int version) {
    String room = room(version);
    bob.join(room);
    String hers = alice.say(room, "hers");
    assertForbidden(tryRedact(bob, room, hers));
    assertOk(tryRedact(bob, room, bob.say(room, "his")));
    assertEquals("hers", event(alice, room, hers).getString("content.body"));
  }

  @ParameterizedTest
  @ValueSource(ints = {7, 8, 9, 10, 11, 12})
  void redactionKeepsWhatTheVersionSays(int version) {
    String room = room(version);
    String rules =
        alice.setState(
            room, "m.room.join_rules", "{\"join_rule\": \"public\", \"allow\": [], \"x\": 1}");
    redact(alice, room, rules);
    alice
        .get(path("/v3/rooms/{}/state/m.room.join_rules", room))
        .then()
        .body("join_rule", equalTo("public"))
        .body("x", equalTo(null))
        .body("containsKey('allow')", equalTo(version >= 8));
    String levels =
        alice.setState(
            room,
            "m.room.power_levels",
            version < 12
                ? "{\"users\": {\"" + alice.id() + "\": 100}, \"invite\": 7}"
                : "{\"invite\": 7}");
    redact(alice, room, levels);
    assertEquals(version < 11 ? null : 7, state(alice, room, "m.room.power_levels").get("invite"));
  }

  @ParameterizedTest
  @ValueSource(ints = {11, 12})
  void creatorStandsAboveAllFromVersionTwelve(int version) {
    String room = room(version);
    bob.join(room);
    String equals =
        version < 12
            ? "{\"users\": {\"%s\": 100, \"%s\": 100}}".formatted(alice.id(), bob.id())
            : "{\"users\": {\"%s\": 100}}".formatted(bob.id());
    alice.setState(room, "m.room.power_levels", equals);
    assertEquals(version < 12 ? 403 : 200, RoomCalls.kick(alice, room, bob).statusCode());
  }
}
