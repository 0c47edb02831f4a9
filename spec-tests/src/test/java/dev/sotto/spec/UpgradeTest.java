package dev.sotto.spec;

import static dev.sotto.spec.RoomCalls.assertForbidden;
import static dev.sotto.spec.RoomCalls.assertOk;
import static dev.sotto.spec.RoomCalls.assertRefused;
import static dev.sotto.spec.RoomCalls.ban;
import static dev.sotto.spec.RoomCalls.getState;
import static dev.sotto.spec.RoomCalls.state;
import static dev.sotto.spec.RoomCalls.tryInvite;
import static dev.sotto.spec.RoomCalls.tryJoin;
import static dev.sotto.spec.RoomCalls.upgrade;
import static dev.sotto.spec.harness.Http.path;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// @spec https://spec.matrix.org/v1.19/client-server-api/#room-upgrades
class UpgradeTest {
  private final Server server = Server.plain();
  private final User alice = server.register("alice");
  private final User bob = server.register("bob");

  private static String upgraded(User user, String room, String version) {
    return upgrade(user, room, version).then().statusCode(200).extract().path("replacement_room");
  }

  private String publicRoom(String version) {
    String room =
        alice.createRoom(
            """
            {"room_version": "%s", "preset": "public_chat", "name": "the name",
              "topic": "the topic", "room_alias_name": "up-%s", "visibility": "public"}
            """
                .formatted(version, alice.localpart()));
    bob.join(room);
    return room;
  }

  @ParameterizedTest
  @CsvSource({"1, 6", "6, 11", "9, 12", "11, 12", "12, 12", "12, 11"})
  void newRoomPointsBackAndTheOldOnePointsOn(String from, String to) {
    String old = publicRoom(from);
    String next = upgraded(alice, old, to);
    JsonPath create = state(alice, next, "m.room.create");
    assertEquals(to, create.getString("room_version"));
    assertEquals(old, create.getString("predecessor.room_id"));
    if (Integer.parseInt(to) < 12) {
      assertNotNull(create.getString("predecessor.event_id"));
    }
    assertEquals(next, state(bob, old, "m.room.tombstone").getString("replacement_room"));
    bob.join(next);
  }

  @Test
  void newRoomIsLikeTheOldOne() {
    String old = publicRoom("11");
    User carol = server.register("carol");
    alice.setState(old, "m.room.avatar", "{\"url\": \"mxc://localhost/a\"}");
    alice.setState(old, "m.room.guest_access", "{\"guest_access\": \"can_join\"}");
    alice.setState(old, "m.room.history_visibility", "{\"history_visibility\": \"joined\"}");
    alice.setState(old, "m.room.encryption", "{\"algorithm\": \"m.megolm.v1.aes-sha2\"}");
    alice.setState(old, "m.room.server_acl", "{\"allow\": [\"*\"]}");
    alice.setState(old, "org.example.other", "{\"not\": \"carried\"}");
    alice.setState(
        old,
        "m.room.power_levels",
        """
        {"users": {"%s": 100, "%s": 50}, "events": {"m.room.name": 30}, "invite": 20}
        """
            .formatted(alice.id(), bob.id()));
    assertOk(ban(alice, old, carol));
    String next = upgraded(alice, old, "12");
    assertEquals("the name", state(alice, next, "m.room.name").getString("name"));
    assertEquals("the topic", state(alice, next, "m.room.topic").getString("topic"));
    assertEquals("mxc://localhost/a", state(alice, next, "m.room.avatar").getString("url"));
    assertEquals("public", state(alice, next, "m.room.join_rules").getString("join_rule"));
    assertEquals("can_join", state(alice, next, "m.room.guest_access").getString("guest_access"));
    assertEquals(
        "joined", state(alice, next, "m.room.history_visibility").getString("history_visibility"));
    assertEquals(
        "m.megolm.v1.aes-sha2", state(alice, next, "m.room.encryption").getString("algorithm"));
    assertThat(state(alice, next, "m.room.server_acl").<String>getList("allow"), contains("*"));
    assertRefused(getState(alice, next, "org.example.other"), 404, "M_NOT_FOUND");
    JsonPath levels = state(alice, next, "m.room.power_levels");
    assertEquals(50, levels.getInt("users.'" + bob.id() + "'"));
    assertNull(levels.get("users.'" + alice.id() + "'"));
    assertEquals(30, levels.getInt("events.'m.room.name'"));
    assertEquals(150, levels.getInt("events.'m.room.tombstone'"));
    assertEquals(20, levels.getInt("invite"));
    assertForbidden(tryJoin(carol, next));
  }

  @Test
  void aliasesAndListingMove() {
    String old = publicRoom("11");
    String alias = "#up-" + alice.localpart() + ":localhost";
    String next = upgraded(alice, old, "12");
    alice.get(path("/v3/directory/room/{}", alias)).then().body("room_id", equalTo(next));
    assertEquals(alias, state(alice, next, "m.room.canonical_alias").getString("alias"));
    assertNull(state(alice, old, "m.room.canonical_alias").get("alias"));
    alice
        .get(path("/v3/directory/list/room/{}", next))
        .then()
        .body("visibility", equalTo("public"));
    alice
        .get(path("/v3/directory/list/room/{}", old))
        .then()
        .body("visibility", equalTo("private"));
  }

  @Test
  void oldRoomIsClosedForTalkAndInvitations() {
    String old = publicRoom("11");
    upgraded(alice, old, "12");
    assertForbidden(bob.trySend(old, "m.room.message", "{}"));
    assertForbidden(tryInvite(bob, old, server.register("carol").id()));
    JsonPath levels = state(alice, old, "m.room.power_levels");
    assertEquals(50, levels.getInt("events_default"));
    assertEquals(50, levels.getInt("invite"));
  }

  @Test
  void nobodyRisesByUpgrading() {
    String old = publicRoom("10");
    assertForbidden(upgrade(bob, old, "11"));
    alice.setState(
        old,
        "m.room.power_levels",
        """
        {"users": {"%s": 100, "%s": 60}, "events": {"m.room.tombstone": 60},
          "state_default": 100}
        """
            .formatted(alice.id(), bob.id()));
    String next = upgraded(bob, old, "11");
    JsonPath levels = state(bob, next, "m.room.power_levels");
    assertEquals(60, levels.getInt("users.'" + bob.id() + "'"));
    assertEquals(100, levels.getInt("users.'" + alice.id() + "'"));
    assertForbidden(RoomCalls.setState(bob, next, "m.room.name", "", "{\"name\": \"x\"}"));
  }

  @Test
  void creatorsAreNamedAnew() {
    User carol = server.register("carol");
    String old =
        alice.createRoom(
            """
            {"room_version": "12", "preset": "public_chat",
              "creation_content": {"type": "m.space", "additional_creators": ["%s"]}}
            """
                .formatted(bob.id()));
    bob.join(old);
    String next =
        alice
            .post(
                path("/v3/rooms/{}/upgrade", old),
                """
                {"new_version": "12", "additional_creators": ["%s", "%s"]}
                """
                    .formatted(carol.id(), alice.id()))
            .then()
            .statusCode(200)
            .extract()
            .path("replacement_room");
    JsonPath create = state(alice, next, "m.room.create");
    assertThat(create.<String>getList("additional_creators"), contains(carol.id()));
    assertEquals("m.space", create.getString("type"));
    String eleven =
        alice
            .post(
                path("/v3/rooms/{}/upgrade", next),
                "{\"new_version\": \"11\", \"additional_creators\": [\"" + carol.id() + "\"]}")
            .then()
            .statusCode(200)
            .extract()
            .path("replacement_room");
    assertNull(state(alice, eleven, "m.room.create").get("additional_creators"));
    assertEquals(
        100, state(alice, eleven, "m.room.power_levels").getInt("users.'" + alice.id() + "'"));
  }

  @Test
  void spaceKeepsItsChildren() {
    String child = alice.createRoom();
    String space =
        alice.createRoom(
            "{\"room_version\": \"11\", \"creation_content\": {\"type\": \"m.space\"}}");
    RoomCalls.setState(alice, space, "m.space.child", child, "{\"via\": [\"localhost\"]}");
    String next = upgraded(alice, space, "12");
    assertThat(
        alice.get(path("/v1/rooms/{}/hierarchy", next)).jsonPath().<String>getList("rooms.room_id"),
        contains(next, child));
  }

  @Test
  void settingsOfUsersFollowThem() {
    String old = publicRoom("11");
    bob.put(path("/v3/user/{}/rooms/{}/tags/m.favourite", bob.id(), old), "{\"order\": 0.5}")
        .then()
        .statusCode(200);
    bob.put(path("/v3/pushrules/global/room/{}", old), "{\"actions\": []}").then().statusCode(200);
    bob.put(
            path("/v3/user/{}/account_data/m.direct", bob.id()),
            "{\"" + alice.id() + "\": [\"" + old + "\"]}")
        .then()
        .statusCode(200);
    String next = upgraded(alice, old, "12");
    bob.join(next);
    bob.get(path("/v3/user/{}/rooms/{}/tags", bob.id(), next))
        .then()
        .body("tags.'m.favourite'.order", equalTo(0.5f));
    bob.get(path("/v3/pushrules/global/room/{}", next))
        .then()
        .statusCode(200)
        .body("actions", equalTo(List.of()));
    assertThat(
        bob.get(path("/v3/user/{}/account_data/m.direct", bob.id()))
            .jsonPath()
            .<String>getList("'" + alice.id() + "'"),
        contains(old, next));
  }

  @Test
  void impossibleUpgradesLeaveTheRoomAsItWas() {
    String old = publicRoom("11");
    assertRefused(upgrade(alice, old, "9000"), 400, "M_UNSUPPORTED_ROOM_VERSION");
    assertRefused(alice.post(path("/v3/rooms/{}/upgrade", old), "{}"), 400, "M_MISSING_PARAM");
    assertRefused(
        alice.post(path("/v3/rooms/{}/upgrade", old), "{\"new_version\": 12}"), 400, "M_BAD_JSON");
    assertRefused(
        alice.post(
            path("/v3/rooms/{}/upgrade", old),
            "{\"new_version\": \"12\", \"additional_creators\": [\"bob\"]}"),
        400,
        "M_INVALID_PARAM");
    assertForbidden(upgrade(bob, old, "12"));
    assertForbidden(upgrade(server.register("carol"), old, "12"));
    assertRefused(getState(alice, old, "m.room.tombstone"), 404, "M_NOT_FOUND");
    assertThat(
        alice.get("/v3/joined_rooms").jsonPath().<String>getList("joined_rooms"), contains(old));
  }

  @Test
  void blindServerCarriesTheEncryptionOver() {
    User dora = Server.blind().register("dora");
    String old = dora.createRoom("{\"room_version\": \"11\"}");
    String next = upgraded(dora, old, "12");
    assertEquals(
        "m.megolm.v1.aes-sha2", state(dora, next, "m.room.encryption").getString("algorithm"));
    assertThat(
        dora.get("/v3/joined_rooms").jsonPath().<String>getList("joined_rooms"), hasItem(not(old)));
  }

  /// The old room's levels are as large as an event can be, so that they cannot be raised.
  @Test
  void failedUpgradeLeavesNoRoomBehind() {
    String room = alice.createRoom("{\"room_version\": \"10\"}");
    int fits = 0;
    int tooLarge = 65_536;
    while (tooLarge - fits > 1) {
      int middle = (fits + tooLarge) / 2;
      if (setLevels(room, middle).statusCode() == 200) {
        fits = middle;
      } else {
        tooLarge = middle;
      }
    }
    setLevels(room, fits);
    alice
        .post(path("/v3/rooms/{}/upgrade", room), "{\"new_version\": \"10\"}")
        .then()
        .statusCode(413)
        .body("errcode", equalTo("M_TOO_LARGE"));
    alice.get("/v3/joined_rooms").then().body("joined_rooms", equalTo(List.of(room)));
    alice.get(path("/v3/rooms/{}/state/m.room.tombstone", room)).then().statusCode(404);
  }

  private Response setLevels(String room, int padding) {
    return alice.put(
        path("/v3/rooms/{}/state/m.room.power_levels", room),
        ("{\"users\": {\"%s\": 100}, \"events_default\": 0, \"invite\": 0," + " \"pad\": \"%s\"}")
            .formatted(alice.id(), "x".repeat(padding)));
  }
}
