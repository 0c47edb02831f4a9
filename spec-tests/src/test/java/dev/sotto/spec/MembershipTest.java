package dev.sotto.spec;

import static dev.sotto.spec.RoomCalls.PUBLIC;
import static dev.sotto.spec.RoomCalls.assertForbidden;
import static dev.sotto.spec.RoomCalls.assertOk;
import static dev.sotto.spec.RoomCalls.assertRefused;
import static dev.sotto.spec.RoomCalls.ban;
import static dev.sotto.spec.RoomCalls.forget;
import static dev.sotto.spec.RoomCalls.kick;
import static dev.sotto.spec.RoomCalls.knock;
import static dev.sotto.spec.RoomCalls.members;
import static dev.sotto.spec.RoomCalls.membership;
import static dev.sotto.spec.RoomCalls.messages;
import static dev.sotto.spec.RoomCalls.setMembership;
import static dev.sotto.spec.RoomCalls.setState;
import static dev.sotto.spec.RoomCalls.tryInvite;
import static dev.sotto.spec.RoomCalls.tryJoin;
import static dev.sotto.spec.RoomCalls.tryLeave;
import static dev.sotto.spec.RoomCalls.unban;
import static dev.sotto.spec.harness.Http.path;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.aMapWithSize;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import io.restassured.response.Response;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// @spec https://spec.matrix.org/v1.19/client-server-api/#room-membership
class MembershipTest {
  private final Server server = Server.plain();
  private final User alice = server.register("alice");
  private final User bob = server.register("bob");
  private final User carol = server.register("carol");

  @Test
  void invitedUserJoinsOnceAndForAll() {
    String room = alice.createRoom();
    assertForbidden(tryJoin(bob, room));
    alice.invite(room, bob);
    assertEquals("invite", membership(alice, room, bob));
    tryJoin(bob, room).then().statusCode(200).body("room_id", equalTo(room));
    bob.post(path("/v3/rooms/{}/join", room), "{}").then().body("room_id", equalTo(room));
    assertEquals("join", membership(bob, room, bob));
    assertThat(joinedRooms(bob), contains(room));
    assertThat(
        messages(alice, room, "dir=b&limit=2").getList("chunk.content.membership"),
        contains("join", "invite"));
  }

  private static List<String> joinedRooms(User user) {
    return user.get("/v3/joined_rooms").jsonPath().getList("joined_rooms");
  }

  @Test
  void publicRoomIsJoinedByIdOrAliasWithAReason() {
    String room =
        alice.createRoom(
            "{\"preset\": \"public_chat\", \"room_alias_name\": \"pub-%s\"}"
                .formatted(alice.localpart()));
    String alias = "#pub-" + alice.localpart() + ":localhost";
    bob.post(path("/v3/join/{}?via=localhost", alias), "{\"reason\": \"because\"}")
        .then()
        .statusCode(200)
        .body("room_id", equalTo(room));
    assertThat(
        messages(alice, room, "dir=b&limit=1").getString("chunk[0].content.reason"),
        equalTo("because"));
    assertRefused(tryJoin(bob, "#nowhere:localhost"), 404, "M_NOT_FOUND");
    assertRefused(tryJoin(bob, "!nowhere:localhost"), 404, "M_NOT_FOUND");
    assertRefused(tryJoin(bob, "nowhere"), 400, "M_INVALID_PARAM");
  }

  @Test
  void joinAndInviteShowTheUsersProfile() {
    bob.put(path("/v3/profile/{}/displayname", bob.id()), "{\"displayname\": \"Bobby\"}");
    String room = alice.createRoom();
    alice.invite(room, bob);
    var invite = alice.get(path("/v3/rooms/{}/state/m.room.member/{}", room, bob.id()));
    invite.then().body("displayname", equalTo("Bobby"));
    bob.join(room);
    bob.put(path("/v3/profile/{}/displayname", bob.id()), "{\"displayname\": \"Robert\"}");
    alice
        .get(path("/v3/rooms/{}/joined_members", room))
        .then()
        .body("joined.'" + bob.id() + "'.display_name", equalTo("Robert"));
  }

  @Test
  void invitationsAreForThoseWhoMayGiveAndTakeThem() {
    String room = alice.createRoomWith(bob);
    assertForbidden(tryInvite(alice, room, bob.id()));
    assertForbidden(tryInvite(alice, room, alice.id()));
    assertForbidden(tryInvite(carol, room, carol.id()));
    assertOk(tryInvite(alice, room, carol.id()));
    assertOk(tryInvite(alice, room, carol.id()));
    assertOk(ban(alice, room, carol));
    assertForbidden(tryInvite(alice, room, carol.id()));
    assertRefused(tryInvite(alice, room, "@nobody-at-all:localhost"), 404, "M_NOT_FOUND");
    assertForbidden(tryInvite(alice, room, "@bob:elsewhere.example"));
    assertRefused(tryInvite(alice, room, "carol"), 400, "M_INVALID_PARAM");
    assertRefused(alice.post(path("/v3/rooms/{}/invite", room), "{}"), 400, "M_MISSING_PARAM");
    assertRefused(
        alice.post(
            path("/v3/rooms/{}/invite", room),
            """
            {"medium": "email", "address": "a@b.example", "id_server": "x.example",
             "id_access_token": "t"}
            """),
        403,
        "M_THREEPID_DENIED");
    setState(alice, room, "m.room.power_levels", "", "{\"invite\": 50}");
    assertForbidden(tryInvite(bob, room, server.register("dan").id()));
  }

  @Test
  void userWhoBlocksInvitationsGetsNone() {
    String config = path("/v3/user/{}/account_data/m.invite_permission_config", bob.id());
    bob.put(config, "{\"default_action\": \"block\"}").then().statusCode(200);
    String room = alice.createRoom();
    assertRefused(tryInvite(alice, room, bob.id()), 403, "M_INVITE_BLOCKED");
    assertRefused(
        setMembership(alice, room, bob, "{\"membership\": \"invite\"}"), 403, "M_INVITE_BLOCKED");
    assertRefused(
        alice.post("/v3/createRoom", "{\"invite\": [\"%s\"]}".formatted(bob.id())),
        403,
        "M_INVITE_BLOCKED");
    bob.put(config, "{}").then().statusCode(200);
    assertOk(tryInvite(alice, room, bob.id()));
  }

  @Test
  void leavingTwiceIsLeavingOnce() {
    String room = alice.createRoomWith(bob);
    assertOk(tryLeave(bob, room));
    assertOk(tryLeave(bob, room));
    assertEquals("leave", membership(alice, room, bob));
    assertForbidden(bob.trySend(room, "m.room.message", "{}"));
    assertForbidden(tryJoin(bob, room));
    assertThat(joinedRooms(bob), equalTo(List.of()));
    assertForbidden(tryLeave(carol, room));
  }

  @Test
  void invitationIsTurnedDownByLeaving() {
    String room = alice.createRoom();
    alice.invite(room, bob);
    bob.post(path("/v3/rooms/{}/leave", room), "{\"reason\": \"busy\"}").then().statusCode(200);
    assertEquals("leave", membership(alice, room, bob));
    assertForbidden(bob.get(path("/v3/rooms/{}/state", room)));
    assertForbidden(tryJoin(bob, room));
  }

  @Test
  void kickedUserMayComeBackWhereTheRoomIsOpen() {
    String room = alice.createRoom(PUBLIC);
    bob.join(room);
    carol.join(room);
    assertForbidden(kick(bob, room, carol));
    assertForbidden(kick(carol, room, alice));
    alice
        .post(
            path("/v3/rooms/{}/kick", room),
            "{\"user_id\": \"%s\", \"reason\": \"noise\"}".formatted(bob.id()))
        .then()
        .statusCode(200);
    assertEquals("leave", membership(alice, room, bob));
    assertForbidden(kick(alice, room, bob));
    bob.join(room);
    assertEquals("join", membership(alice, room, bob));
  }

  @Test
  void kickingTakesBackAnInvitation() {
    String room = alice.createRoom();
    alice.invite(room, bob);
    assertOk(kick(alice, room, bob));
    assertForbidden(tryJoin(bob, room));
  }

  @Test
  void banKeepsOutUntilItIsLifted() {
    String room = alice.createRoom(PUBLIC);
    bob.join(room);
    assertForbidden(ban(bob, room, alice));
    assertOk(ban(alice, room, bob));
    assertOk(ban(alice, room, bob));
    assertForbidden(tryJoin(bob, room));
    assertForbidden(tryLeave(bob, room));
    assertRefused(kick(alice, room, bob), 403, "M_BAD_STATE");
    assertForbidden(unban(bob, room, bob));
    assertOk(unban(alice, room, bob));
    assertRefused(unban(alice, room, bob), 403, "M_BAD_STATE");
    bob.join(room);
    assertOk(ban(alice, room, carol));
    assertForbidden(tryJoin(carol, room));
  }

  @Test
  void knockIsAnsweredByAnInvitation() {
    String room = alice.createRoom();
    assertForbidden(knock(bob, room));
    alice.setState(room, "m.room.join_rules", "{\"join_rule\": \"knock\"}");
    knock(bob, room).then().statusCode(200).body("room_id", equalTo(room));
    knock(bob, room).then().statusCode(200);
    assertEquals("knock", membership(alice, room, bob));
    assertForbidden(tryJoin(bob, room));
    assertForbidden(bob.get(path("/v3/rooms/{}/messages?dir=b", room)));
    alice.invite(room, bob);
    assertForbidden(knock(bob, room));
    bob.join(room);
    assertForbidden(knock(bob, room));
    assertRefused(knock(bob, "!nowhere:localhost"), 404, "M_NOT_FOUND");
  }

  @Test
  void knockIsTakenBackOrTurnedDown() {
    String room = alice.createRoom();
    alice.setState(room, "m.room.join_rules", "{\"join_rule\": \"knock\"}");
    assertOk(knock(bob, room));
    assertOk(tryLeave(bob, room));
    assertOk(knock(carol, room));
    assertOk(kick(alice, room, carol));
    assertThat(members(alice, room, "membership=knock").getList("chunk"), equalTo(List.of()));
    assertOk(knock(carol, room));
    assertOk(ban(alice, room, carol));
    assertForbidden(knock(carol, room));
  }

  @ParameterizedTest
  @ValueSource(strings = {"restricted", "knock_restricted"})
  void restrictedRoomAdmitsMembersOfTheRoomsThatItNames(String rule) {
    String club = alice.createRoomWith(bob);
    String room = alice.createRoom();
    alice.setState(
        room,
        "m.room.join_rules",
        """
        {"join_rule": "%s", "allow": [
          5, {"type": "org.example.other"}, {"type": "m.room_membership"},
          {"type": "m.room_membership", "room_id": "club"},
          {"type": "m.room_membership", "room_id": "%s"}]}
        """
            .formatted(rule, club));
    assertForbidden(tryJoin(carol, room));
    bob.join(room);
    alice
        .get(path("/v3/rooms/{}/state/m.room.member/{}", room, bob.id()))
        .then()
        .body("membership", equalTo("join"))
        .body("join_authorised_via_users_server", equalTo(alice.id()));
    alice.invite(room, carol);
    carol.join(room);
    alice
        .get(path("/v3/rooms/{}/state/m.room.member/{}", room, carol.id()))
        .then()
        .body("join_authorised_via_users_server", nullValue());
  }

  @Test
  void restrictedRoomWithoutAnybodyWhoMayInviteCannotGrantTheJoin() {
    String club = alice.createRoomWith(bob);
    String room =
        alice.createRoom(
            """
            {
              "room_version": "11",
              "power_level_content_override": {"invite": 101},
              "initial_state": [{"type": "m.room.join_rules", "content": {
                "join_rule": "restricted",
                "allow": [{"type": "m.room_membership", "room_id": "%s"}]}}]
            }
            """
                .formatted(club));
    assertRefused(tryJoin(bob, room), 400, "M_UNABLE_TO_GRANT_JOIN");
  }

  @Test
  void forgottenRoomIsGoneUntilOneComesBack() {
    String room = alice.createRoomWith(bob);
    String event = alice.say(room, "hello");
    assertRefused(forget(bob, room), 400, "M_UNKNOWN");
    bob.leave(room);
    assertOk(bob.get(path("/v3/rooms/{}/messages?dir=b", room)));
    assertOk(bob.get(path("/v3/rooms/{}/event/{}", room, event)));
    assertOk(forget(bob, room));
    assertOk(forget(bob, room));
    assertForbidden(bob.get(path("/v3/rooms/{}/messages?dir=b", room)));
    assertRefused(bob.get(path("/v3/rooms/{}/event/{}", room, event)), 404, "M_NOT_FOUND");
    alice.invite(room, bob);
    bob.join(room);
    assertOk(bob.get(path("/v3/rooms/{}/event/{}", room, event)));
    assertOk(forget(bob, "!nowhere:localhost"));
  }

  @Test
  void membershipCanBeSetLikeAnyOtherState() {
    String room = alice.createRoom();
    assertForbidden(setMembership(bob, room, bob, "{\"membership\": \"join\"}"));
    assertOk(setMembership(alice, room, bob, "{\"membership\": \"invite\"}"));
    assertOk(setMembership(bob, room, bob, "{\"membership\": \"join\"}"));
    assertOk(setMembership(bob, room, bob, "{\"membership\": \"join\", \"displayname\": \"B\"}"));
    alice
        .get(path("/v3/rooms/{}/joined_members", room))
        .then()
        .body("joined.'" + bob.id() + "'.display_name", equalTo("B"));
    assertForbidden(setMembership(bob, room, alice, "{\"membership\": \"leave\"}"));
    assertForbidden(setMembership(alice, room, carol, "{\"membership\": \"join\"}"));
    assertForbidden(setMembership(alice, room, carol, "{\"membership\": \"guest of honour\"}"));
    assertForbidden(setMembership(alice, room, carol, "{}"));
    assertRefused(
        setState(alice, room, "m.room.member", "carol", "{\"membership\": \"invite\"}"),
        400,
        "M_INVALID_PARAM");
    assertRefused(
        setState(
            alice,
            room,
            "m.room.member",
            "@nobody-at-all:localhost",
            "{\"membership\": \"invite\"}"),
        404,
        "M_NOT_FOUND");
    assertOk(setMembership(bob, room, bob, "{\"membership\": \"leave\"}"));
    assertEquals("leave", membership(alice, room, bob));
  }

  @Test
  void restrictedRoomIsJoinedByStateTooAndNobodyVouchesForThemselves() {
    String club = alice.createRoomWith(bob);
    String room = alice.createRoom();
    alice.setState(
        room,
        "m.room.join_rules",
        """
        {"join_rule": "restricted", "allow": [
          {"type": "m.room_membership", "room_id": "%s"}]}
        """
            .formatted(club));
    String vouched =
        "{\"membership\": \"join\", \"join_authorised_via_users_server\": \"%s\"}"
            .formatted(alice.id());
    assertForbidden(setMembership(carol, room, carol, vouched));
    assertOk(setMembership(bob, room, bob, "{\"membership\": \"join\"}"));
  }

  @Test
  void membersAreListedByMembership() {
    String room = alice.createRoomWith(bob, carol);
    carol.leave(room);
    User dan = server.register("dan");
    alice.invite(room, dan);
    assertThat(keys(room, ""), containsInAnyOrder(ids(alice, bob, carol, dan)));
    assertThat(keys(room, "membership=join"), containsInAnyOrder(ids(alice, bob)));
    assertThat(keys(room, "not_membership=leave"), containsInAnyOrder(ids(alice, bob, dan)));
    assertThat(
        keys(room, "membership=leave&not_membership=join"), containsInAnyOrder(ids(carol, dan)));
    assertRefused(
        alice.get(path("/v3/rooms/{}/members?membership=friend", room)), 400, "M_INVALID_PARAM");
    assertRefused(alice.get(path("/v3/rooms/{}/members?at=noon", room)), 400, "M_INVALID_PARAM");
    Map<String, Object> joined =
        alice.get(path("/v3/rooms/{}/joined_members", room)).jsonPath().getMap("joined");
    assertThat(joined, aMapWithSize(2));
    assertThat(joined, hasKey(bob.id()));
  }

  private List<String> keys(String room, String query) {
    return members(alice, room, query).getList("chunk.state_key");
  }

  private static String[] ids(User... users) {
    return List.of(users).stream().map(User::id).toArray(String[]::new);
  }

  @Test
  void membersAreListedAsTheyWereAtAToken() {
    String room = alice.createRoom();
    String before = alice.now();
    alice.invite(room, bob);
    bob.join(room);
    assertThat(keys(room, "at=" + before), contains(alice.id()));
    assertThat(keys(room, "at=" + alice.now()), containsInAnyOrder(ids(alice, bob)));
  }

  @Test
  void strangerLearnsNeitherOfTheRoomNorOfItsMembers() {
    String room = alice.createRoomWith(bob);
    for (String where : List.of(room, "!nowhere:localhost")) {
      for (String what : List.of("state", "members", "joined_members", "messages?dir=b")) {
        sameRefusal(where, carol.get(path("/v3/rooms/{}/", where) + what));
      }
      sameRefusal(where, carol.trySend(where, "m.room.message", "{}"));
      sameRefusal(where, setState(carol, where, "m.room.name", "", "{\"name\": \"x\"}"));
      sameRefusal(where, tryInvite(carol, where, bob.id()));
      sameRefusal(where, kick(carol, where, bob));
      sameRefusal(where, kick(carol, where, server.register("dan")));
      sameRefusal(where, ban(carol, where, bob));
      sameRefusal(where, unban(carol, where, bob));
      sameRefusal(where, tryLeave(carol, where));
      sameRefusal(where, carol.get(path("/v1/rooms/{}/threads", where)));
      sameRefusal(where, RoomCalls.upgrade(carol, where, "11"));
    }
  }

  private static void sameRefusal(String room, Response answer) {
    assertForbidden(answer);
    assertThat(room, answer.path("error"), equalTo("You are not a member of this room."));
  }

  @Test
  void deactivatedUserLeavesAndCannotBeInvited() {
    String room = alice.createRoomWith(bob);
    bob.post(
            "/v3/account/deactivate",
            """
            {"auth": {"type": "m.login.password", "password": "%s",
              "identifier": {"type": "m.id.user", "user": "%s"}}}
            """
                .formatted(bob.password(), bob.id()))
        .then()
        .statusCode(200);
    assertThat(keys(room, "membership=join"), not(hasItem(bob.id())));
    assertRefused(tryInvite(alice, room, bob.id()), 404, "M_NOT_FOUND");
  }

  @Test
  void roomWithoutMembersIsClosedForGood() {
    String room = alice.createRoom();
    alice.leave(room);
    assertForbidden(tryJoin(alice, room));
    assertEquals("leave", membership(alice, room, alice));
  }
}
