package dev.sotto.spec;

import static dev.sotto.spec.RoomCalls.assertRefused;
import static dev.sotto.spec.RoomCalls.getState;
import static dev.sotto.spec.RoomCalls.membership;
import static dev.sotto.spec.RoomCalls.messages;
import static dev.sotto.spec.RoomCalls.state;
import static dev.sotto.spec.harness.Http.path;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.anEmptyMap;
import static org.hamcrest.Matchers.anyOf;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import io.restassured.response.Response;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// @spec https://spec.matrix.org/v1.19/client-server-api/#creation
class CreateRoomTest {
  private final Server server = Server.plain();
  private final User alice = server.register("alice");
  private final User bob = server.register("bob");

  private Response create(String body) {
    return alice.post("/v3/createRoom", body);
  }

  @ParameterizedTest
  @CsvSource({
    "private_chat, invite, shared, can_join",
    "trusted_private_chat, invite, shared, can_join",
    "public_chat, public, shared, forbidden"
  })
  void presetSetsRulesHistoryAndGuestAccess(
      String preset, String joinRule, String history, String guests) {
    String room = alice.createRoom("{\"preset\": \"%s\"}".formatted(preset));
    assertEquals(joinRule, state(alice, room, "m.room.join_rules").getString("join_rule"));
    assertEquals(
        history, state(alice, room, "m.room.history_visibility").getString("history_visibility"));
    assertEquals(guests, state(alice, room, "m.room.guest_access").getString("guest_access"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"invite", "join", "ban", "leave", "knock"})
  void nobodysMembershipComesWithTheInitialState(String membership) {
    create(
            """
            {"initial_state": [
              {"type": "m.room.member", "state_key": "%s", "content": {"membership": "%s"}}
            ]}
            """
                .formatted(bob.id(), membership))
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_INVALID_PARAM"));
    assertThat(bob.sync().getMap("rooms.invite"), anyOf(nullValue(), anEmptyMap()));
  }

  @ParameterizedTest
  @CsvSource({"public, public", "private, invite"})
  void visibilityChoosesThePresetWhereNoneIsNamed(String visibility, String joinRule) {
    String room = alice.createRoom("{\"visibility\": \"%s\"}".formatted(visibility));
    assertEquals(joinRule, state(alice, room, "m.room.join_rules").getString("join_rule"));
  }

  @Test
  void eventsComeInTheOrderOfTheSpecification() {
    String alias = "order-" + alice.localpart();
    String room =
        alice.createRoom(
            """
            {
              "preset": "private_chat",
              "room_alias_name": "%s",
              "name": "the name",
              "topic": "the topic",
              "invite": ["%s"],
              "initial_state": [
                {"type": "m.room.avatar", "content": {"url": "mxc://x/y"}},
                {"type": "org.example.key", "state_key": "k", "content": {"v": 1}}
              ]
            }
            """
                .formatted(alias, bob.id()));
    assertThat(
        messages(alice, room, "dir=f&limit=50").getList("chunk.type"),
        contains(
            "m.room.create",
            "m.room.member",
            "m.room.power_levels",
            "m.room.canonical_alias",
            "m.room.join_rules",
            "m.room.history_visibility",
            "m.room.guest_access",
            "m.room.avatar",
            "org.example.key",
            "m.room.name",
            "m.room.topic",
            "m.room.member"));
    assertEquals("#" + alias + ":localhost", canonicalAlias(room));
    alice
        .get(path("/v3/directory/room/{}", canonicalAlias(room)))
        .then()
        .body("room_id", equalTo(room));
  }

  private String canonicalAlias(String room) {
    return state(alice, room, "m.room.canonical_alias").getString("alias");
  }

  @Test
  void initialStateWinsOverPresetAndNameAndTopicOverBoth() {
    String room =
        alice.createRoom(
            """
            {
              "preset": "public_chat",
              "name": "given name",
              "initial_state": [
                {"type": "m.room.join_rules", "content": {"join_rule": "knock"}},
                {"type": "m.room.name", "content": {"name": "other name"}},
                {"type": "m.room.encryption", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}
              ]
            }
            """);
    assertEquals("knock", state(alice, room, "m.room.join_rules").getString("join_rule"));
    assertEquals("given name", state(alice, room, "m.room.name").getString("name"));
    assertEquals(
        "m.megolm.v1.aes-sha2", state(alice, room, "m.room.encryption").getString("algorithm"));
    assertThat(
        messages(alice, room, "dir=f&limit=50").getList("chunk.type"),
        hasItem("m.room.join_rules"));
  }

  @Test
  void topicIsPlainTextForNewAndOldClients() {
    String room = alice.createRoom("{\"topic\": \"tea\"}");
    assertEquals("tea", state(alice, room, "m.room.topic").getString("topic"));
    assertEquals("tea", state(alice, room, "m.room.topic").getString("'m.topic'.'m.text'[0].body"));
  }

  @Test
  void invitedUsersAreInvitedAndToldThatTheRoomIsDirect() {
    String room =
        alice.createRoom(
            """
            {"preset": "trusted_private_chat", "is_direct": true, "invite": ["%s", "%s"]}
            """
                .formatted(bob.id(), bob.id()));
    assertEquals("invite", membership(alice, room, bob));
    String path = path("/v3/rooms/{}/state/m.room.member/{}", room, bob.id());
    alice.get(path).then().body("is_direct", equalTo(true));
    alice
        .get(path("/v3/rooms/{}/state/m.room.member/{}", room, alice.id()))
        .then()
        .body("is_direct", equalTo(null));
    bob.join(room);
    assertEquals("join", membership(bob, room, bob));
  }

  @Test
  void createContentKeepsWhatTheCreatorAddsButNotTheVersion() {
    String room =
        alice.createRoom(
            """
            {
              "room_version": "10",
              "creation_content": {
                "m.federate": false,
                "type": "m.space",
                "creator": "@mallory:localhost",
                "room_version": "3",
                "org.example.extra": 7
              }
            }
            """);
    var create = state(alice, room, "m.room.create");
    assertEquals("10", create.getString("room_version"));
    assertEquals(alice.id(), create.getString("creator"));
    assertEquals("m.space", create.getString("type"));
    assertEquals(false, create.getBoolean("'m.federate'"));
    assertEquals(7, create.getInt("'org.example.extra'"));
  }

  @Test
  void creatorHoldsHundredBeforeVersionTwelveAndIsNotNamedFromThen() {
    String eleven = alice.createRoom("{\"room_version\": \"11\"}");
    var old = state(alice, eleven, "m.room.power_levels");
    assertEquals(100, old.getInt("users.'" + alice.id() + "'"));
    assertEquals(100, old.getInt("events.'m.room.tombstone'"));
    String twelve = alice.createRoom("{\"room_version\": \"12\"}");
    var now = state(alice, twelve, "m.room.power_levels");
    assertEquals(0, now.getMap("users").size());
    assertEquals(150, now.getInt("events.'m.room.tombstone'"));
    assertThat(now.getInt("events.'m.room.tombstone'"), greaterThan(now.getInt("state_default")));
  }

  @Test
  void trustedInviteesRankWithTheCreator() {
    User carol = server.register("carol");
    String eleven =
        alice.createRoom(
            """
            {"room_version": "11", "preset": "trusted_private_chat", "invite": ["%s"]}
            """
                .formatted(bob.id()));
    assertEquals(
        100, state(alice, eleven, "m.room.power_levels").getInt("users.'" + bob.id() + "'"));
    String twelve =
        alice.createRoom(
            """
            {
              "room_version": "12",
              "preset": "trusted_private_chat",
              "invite": ["%s"],
              "creation_content": {"additional_creators": ["%s", "%s"]}
            }
            """
                .formatted(bob.id(), carol.id(), bob.id()));
    assertThat(
        state(alice, twelve, "m.room.create").getList("additional_creators"),
        containsInAnyOrder(bob.id(), carol.id()));
    assertEquals(0, state(alice, twelve, "m.room.power_levels").getMap("users").size());
    bob.join(twelve);
    bob.setState(twelve, "m.room.name", "{\"name\": \"mine too\"}");
  }

  @Test
  void powerLevelsAreOverriddenKeyByKey() {
    String room =
        alice.createRoom(
            """
            {
              "room_version": "12",
              "power_level_content_override": {
                "events_default": 10, "state_default": 200, "events": {"m.room.name": 0}
              }
            }
            """);
    var levels = state(alice, room, "m.room.power_levels");
    assertEquals(10, levels.getInt("events_default"));
    assertEquals(0, levels.getInt("events.'m.room.name'"));
    assertNull(levels.get("events.'m.room.encryption'"));
    assertEquals(50, levels.getInt("ban"));
    assertThat(
        levels.getInt("events.'m.room.tombstone'"), greaterThan(levels.getInt("state_default")));
  }

  @Test
  void roomThatItsOwnRulesForbidIsNotMade() {
    String alias = "never-" + alice.localpart();
    assertRefused(
        create(
            """
            {
              "room_version": "11",
              "room_alias_name": "%s",
              "name": "x",
              "power_level_content_override": {"users": {"%s": 0}}
            }
            """
                .formatted(alias, alice.id())),
        400,
        "M_INVALID_ROOM_STATE");
    assertRefused(
        create(
            """
            {"room_version": "12", "power_level_content_override": {"users": {"%s": 100}}}
            """
                .formatted(alice.id())),
        400,
        "M_INVALID_ROOM_STATE");
    assertRefused(
        alice.get(path("/v3/directory/room/{}", "#" + alias + ":localhost")), 404, "M_NOT_FOUND");
    assertThat(
        alice.get("/v3/joined_rooms").jsonPath().getList("joined_rooms"), equalTo(List.of()));
  }

  @Test
  void takenAliasIsRefused() {
    String body = "{\"room_alias_name\": \"taken-%s\"}".formatted(alice.localpart());
    alice.createRoom(body);
    assertRefused(create(body), 400, "M_ROOM_IN_USE");
  }

  @Test
  void roomNamesItselfOnlyByTheAliasThatItIsMadeWith() {
    assertRefused(
        create(
            """
            {"initial_state": [
              {"type": "m.room.canonical_alias", "content": {"alias": "#else:localhost"}}]}
            """),
        400,
        "M_BAD_ALIAS");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"preset\": \"secret_chat\"}",
        "{\"visibility\": \"hidden\"}",
        "{\"invite\": [\"bob\"]}",
        "{\"room_alias_name\": \"\"}",
        "{\"room_alias_name\": \"a:b\"}",
        "{\"room_alias_name\": \"a b\"}",
        "{\"creation_content\": {\"m.federate\": \"no\"}}",
        "{\"creation_content\": {\"type\": 5}}",
        "{\"creation_content\": {\"additional_creators\": \"bob\"}}",
        "{\"creation_content\": {\"additional_creators\": [\"bob\"]}}",
        "{\"creation_content\": {\"additional_creators\": [5]}}"
      })
  void parameterThatMeansNothingIsInvalid(String body) {
    assertRefused(create(body), 400, "M_INVALID_PARAM");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"preset\": 5}",
        "{\"name\": {}}",
        "{\"topic\": []}",
        "{\"invite\": \"@bob:localhost\"}",
        "{\"is_direct\": \"yes\"}",
        "{\"room_version\": 11}",
        "{\"creation_content\": []}",
        "{\"initial_state\": {}}",
        "{\"initial_state\": [5]}",
        "{\"initial_state\": [{\"type\": \"m.x\", \"content\": 5}]}",
        "{\"power_level_content_override\": 5}",
        "{\"power_level_content_override\": {\"ban\": 50.5}}",
        "[]"
      })
  void illTypedBodyIsBadJson(String body) {
    assertRefused(create(body), 400, "M_BAD_JSON");
  }

  @Test
  void unknownVersionIsUnsupported() {
    assertRefused(create("{\"room_version\": \"9000\"}"), 400, "M_UNSUPPORTED_ROOM_VERSION");
  }

  @Test
  void nobodyIsInvitedWhoIsNotThere() {
    assertRefused(create("{\"invite\": [\"@nobody-at-all:localhost\"]}"), 404, "M_NOT_FOUND");
    assertRefused(create("{\"invite\": [\"@bob:elsewhere.example\"]}"), 403, "M_FORBIDDEN");
    assertRefused(
        create("{\"invite_3pid\": [{\"medium\": \"email\", \"address\": \"a@b.example\"}]}"),
        403,
        "M_THREEPID_DENIED");
  }

  @Test
  void tooLargeNameIsTooLarge() {
    assertRefused(create("{\"name\": \"" + "x".repeat(70_000) + "\"}"), 413, "M_TOO_LARGE");
  }

  @Test
  void roomsMadeAtTheSameMomentAreDifferentRooms() {
    assertThat(alice.createRoom("{}"), not(equalTo(alice.createRoom("{}"))));
    assertThat(alice.createRoom("{}"), matchesPattern("![A-Za-z0-9_-]{43}"));
    assertThat(
        alice.createRoom("{\"room_version\": \"11\"}"), matchesPattern("![A-Za-z]+:localhost"));
  }

  @Test
  void guestsMakeNoRooms() {
    assertRefused(server.guest().post("/v3/createRoom", "{}"), 403, "M_GUEST_ACCESS_FORBIDDEN");
  }

  @Test
  void blindServerEncryptsEveryRoomFromItsFirstMoment() {
    User dora = Server.blind().register("dora");
    for (String preset : List.of("private_chat", "trusted_private_chat", "public_chat")) {
      String room = dora.createRoom("{\"preset\": \"%s\"}".formatted(preset));
      getState(dora, room, "m.room.encryption")
          .then()
          .statusCode(200)
          .body("algorithm", equalTo("m.megolm.v1.aes-sha2"));
    }
  }
}
