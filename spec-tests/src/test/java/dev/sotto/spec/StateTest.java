package dev.sotto.spec;

import static dev.sotto.spec.RoomCalls.assertForbidden;
import static dev.sotto.spec.RoomCalls.assertOk;
import static dev.sotto.spec.RoomCalls.assertRefused;
import static dev.sotto.spec.RoomCalls.event;
import static dev.sotto.spec.RoomCalls.getState;
import static dev.sotto.spec.RoomCalls.messages;
import static dev.sotto.spec.RoomCalls.setState;
import static dev.sotto.spec.RoomCalls.state;
import static dev.sotto.spec.harness.Http.path;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import io.restassured.path.json.JsonPath;
import org.junit.jupiter.api.Test;

/// @spec https://spec.matrix.org/v1.19/client-server-api/#getting-events-for-a-room
class StateTest {
  private final Server server = Server.plain();
  private final User alice = server.register("alice");
  private final User bob = server.register("bob");

  @Test
  void stateIsSetByTypeAndKeyAndReadBack() {
    String room = alice.createRoomWith(bob);
    alice.setState(room, "m.room.name", "{\"name\": \"one\"}");
    alice.put(path("/v3/rooms/{}/state/m.room.name/", room), "{\"name\": \"two\"}");
    setState(alice, room, "org.example.k", "key/with слэш", "{\"v\": 1}").then().statusCode(200);
    assertEquals("two", state(bob, room, "m.room.name").getString("name"));
    bob.get(path("/v3/rooms/{}/state/m.room.name/", room)).then().body("name", equalTo("two"));
    bob.get(path("/v3/rooms/{}/state/org.example.k/{}", room, "key/with слэш"))
        .then()
        .body("v", equalTo(1));
    assertRefused(getState(bob, room, "org.example.k"), 404, "M_NOT_FOUND");
    assertRefused(getState(bob, room, "m.room.topic"), 404, "M_NOT_FOUND");
  }

  @Test
  void wholeEventIsReadWhereItIsAskedFor() {
    String room = alice.createRoom();
    String id = alice.setState(room, "m.room.name", "{\"name\": \"n\"}");
    String path = path("/v3/rooms/{}/state/m.room.name", room);
    alice.get(path + "?format=content").then().body("name", equalTo("n"));
    alice
        .get(path + "?format=event")
        .then()
        .body("event_id", equalTo(id))
        .body("room_id", equalTo(room))
        .body("sender", equalTo(alice.id()))
        .body("state_key", equalTo(""))
        .body("content.name", equalTo("n"));
    assertRefused(alice.get(path + "?format=xml"), 400, "M_INVALID_PARAM");
  }

  @Test
  void wholeStateIsAListOfEvents() {
    String room = alice.createRoomWith(bob);
    alice.setState(room, "m.room.name", "{\"name\": \"old\"}");
    alice.setState(room, "m.room.name", "{\"name\": \"new\"}");
    alice.say(room, "no state");
    JsonPath all = bob.get(path("/v3/rooms/{}/state", room)).jsonPath();
    assertThat(
        all.getList("type"),
        hasItems("m.room.create", "m.room.power_levels", "m.room.join_rules", "m.room.name"));
    assertThat(all.getList("type"), not(hasItem("m.room.message")));
    assertThat(all.getList("room_id"), everyItem(equalTo(room)));
    assertThat(
        all.getList("findAll { it.type == 'm.room.name' }.content.name"),
        containsInAnyOrder("new"));
    assertThat(
        all.getList("findAll { it.type == 'm.room.member' }.state_key"),
        containsInAnyOrder(alice.id(), bob.id()));
  }

  @Test
  void changedStateSaysWhatItReplaced() {
    String room = alice.createRoom();
    String first = alice.setState(room, "m.room.name", "{\"name\": \"one\"}");
    String second = alice.setState(room, "m.room.name", "{\"name\": \"two\"}");
    assertNull(event(alice, room, first).get("unsigned.prev_content"));
    JsonPath changed = event(alice, room, second);
    assertEquals("one", changed.getString("unsigned.prev_content.name"));
    assertEquals(first, changed.getString("unsigned.replaces_state"));
  }

  @Test
  void sameStateAgainIsNoNewEvent() {
    String room = alice.createRoom();
    String first = alice.setState(room, "m.room.name", "{\"name\": \"n\", \"x\": 1}");
    assertEquals(first, alice.setState(room, "m.room.name", "{\"x\": 1, \"name\": \"n\"}"));
    assertNotEquals(first, alice.setState(room, "m.room.name", "{\"name\": \"n\"}"));
    assertThat(
        messages(alice, room, "dir=b&limit=1").getString("chunk[0].content.name"), equalTo("n"));
  }

  @Test
  void powerLevelsDecideWhoSetsWhat() {
    String room = alice.createRoomWith(bob);
    assertForbidden(setState(bob, room, "m.room.name", "", "{\"name\": \"mine\"}"));
    alice.setState(
        room,
        "m.room.power_levels",
        """
        {"users": {"%s": 40}, "events": {"m.room.name": 40}, "state_default": 50}
        """
            .formatted(bob.id()));
    assertOk(setState(bob, room, "m.room.name", "", "{\"name\": \"mine\"}"));
    assertForbidden(setState(bob, room, "m.room.topic", "", "{\"topic\": \"mine\"}"));
    assertForbidden(
        setState(
            bob,
            room,
            "m.room.power_levels",
            "",
            "{\"users\": {\"%s\": 100}}".formatted(bob.id())));
  }

  @Test
  void nobodyGivesMorePowerThanTheyHave() {
    String room = alice.createRoom("{\"room_version\": \"11\", \"preset\": \"public_chat\"}");
    bob.join(room);
    String levels = "{\"users\": {\"%s\": %d, \"%s\": %d}, \"state_default\": 50}";
    assertOk(
        setState(
            alice,
            room,
            "m.room.power_levels",
            "",
            levels.formatted(alice.id(), 100, bob.id(), 50)));
    assertForbidden(
        setState(
            bob, room, "m.room.power_levels", "", levels.formatted(alice.id(), 100, bob.id(), 60)));
    assertForbidden(
        setState(
            bob, room, "m.room.power_levels", "", levels.formatted(alice.id(), 0, bob.id(), 50)));
    assertForbidden(
        setState(
            alice,
            room,
            "m.room.power_levels",
            "",
            "{\"users\": {\"%s\": \"100\"}}".formatted(alice.id())));
  }

  @Test
  void stateUnderAUsersIdIsTheirs() {
    String room =
        alice.createRoom(
            "{\"preset\": \"public_chat\", \"power_level_content_override\":"
                + " {\"state_default\": 0}}");
    bob.join(room);
    assertOk(setState(bob, room, "org.example.status", bob.id(), "{}"));
    assertForbidden(setState(bob, room, "org.example.status", alice.id(), "{}"));
  }

  @Test
  void whoLeftReadsTheStateOfThatMoment() {
    String room = alice.createRoomWith(bob);
    alice.setState(room, "m.room.name", "{\"name\": \"before\"}");
    bob.leave(room);
    alice.setState(room, "m.room.name", "{\"name\": \"after\"}");
    alice.setState(room, "m.room.topic", "{\"topic\": \"new\"}");
    assertEquals("before", state(bob, room, "m.room.name").getString("name"));
    assertRefused(getState(bob, room, "m.room.topic"), 404, "M_NOT_FOUND");
    assertThat(
        bob.get(path("/v3/rooms/{}/state", room))
            .jsonPath()
            .getList("findAll { it.type == 'm.room.name' }.content.name"),
        containsInAnyOrder("before"));
    assertForbidden(bob.get(path("/v3/rooms/{}/joined_members", room)));
    RoomCalls.ban(alice, room, bob).then().statusCode(200);
    assertEquals("before", state(bob, room, "m.room.name").getString("name"));
  }

  @Test
  void canonicalAliasesMustLeadToTheRoom() {
    String room = alice.createRoom();
    String alias = "#here-" + alice.localpart() + ":localhost";
    String content = "{\"alias\": \"%s\", \"alt_aliases\": [\"%s\"]}".formatted(alias, alias);
    assertRefused(setState(alice, room, "m.room.canonical_alias", "", content), 400, "M_BAD_ALIAS");
    alice
        .put(path("/v3/directory/room/{}", alias), "{\"room_id\": \"%s\"}".formatted(room))
        .then()
        .statusCode(200);
    assertOk(setState(alice, room, "m.room.canonical_alias", "", content));
    alice.delete(path("/v3/directory/room/{}", alias)).then().statusCode(200);
    String other = alice.createRoom();
    assertRefused(
        setState(alice, other, "m.room.canonical_alias", "", content), 400, "M_BAD_ALIAS");
    for (String bad :
        new String[] {
          "{\"alias\": \"here\"}",
          "{\"alias\": 5}",
          "{\"alt_aliases\": \"#a:localhost\"}",
          "{\"alt_aliases\": [{}]}",
          "{\"alias\": \"#nocolon\"}"
        }) {
      assertRefused(
          setState(alice, room, "m.room.canonical_alias", "", bad), 400, "M_INVALID_PARAM");
    }
    assertOk(setState(alice, room, "m.room.canonical_alias", "", "{}"));
  }

  @Test
  void roomIsCreatedOnce() {
    assertForbidden(setState(alice, alice.createRoom(), "m.room.create", "", "{}"));
  }

  @Test
  void tooLongKeysAreTooLarge() {
    String room = alice.createRoom();
    assertRefused(setState(alice, room, "m.x", "k".repeat(256), "{}"), 413, "M_TOO_LARGE");
    assertRefused(setState(alice, room, "m.x", "ü".repeat(128), "{}"), 413, "M_TOO_LARGE");
    assertOk(setState(alice, room, "m.x", "ü".repeat(127), "{}"));
  }
}
