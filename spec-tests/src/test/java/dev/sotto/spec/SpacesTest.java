package dev.sotto.spec;

import static dev.sotto.spec.RoomCalls.PUBLIC;
import static dev.sotto.spec.RoomCalls.assertForbidden;
import static dev.sotto.spec.RoomCalls.assertRefused;
import static dev.sotto.spec.RoomCalls.setState;
import static dev.sotto.spec.harness.Http.path;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// @spec https://spec.matrix.org/v1.19/client-server-api/#spaces
/// @spec https://spec.matrix.org/v1.19/client-server-api/#room-summary-api
class SpacesTest {
  private final Server server = Server.plain();
  private final User alice = server.register("alice");
  private final User bob = server.register("bob");

  private String space() {
    return alice.createRoom(
        "{\"preset\": \"public_chat\", \"creation_content\": {\"type\": \"m.space\"}}");
  }

  private void add(String space, String child, String more) {
    setState(alice, space, "m.space.child", child, "{\"via\": [\"localhost\"]" + more + "}")
        .then()
        .statusCode(200);
  }

  private static Response hierarchy(User user, String space, String query) {
    return user.get(path("/v1/rooms/{}/hierarchy", space) + query);
  }

  private static List<String> tree(User user, String space, String query) {
    return hierarchy(user, space, query)
        .then()
        .statusCode(200)
        .extract()
        .jsonPath()
        .getList("rooms.room_id");
  }

  @Test
  void treeIsWalkedDepthFirstInTheOrderOfTheSpace() {
    String top = space();
    String middle = space();
    String leaf = alice.createRoom(PUBLIC);
    String second = alice.createRoom(PUBLIC);
    String third = alice.createRoom(PUBLIC);
    add(top, third, "");
    add(top, second, ", \"order\": \"b\"");
    add(top, middle, ", \"order\": \"a\"");
    add(middle, leaf, ", \"suggested\": true");
    add(middle, top, "");
    setState(alice, top, "m.space.child", alice.createRoom(PUBLIC), "{}");
    setState(alice, top, "m.space.child", "no room", "{\"via\": [\"localhost\"]}");
    setState(alice, top, "m.space.child", "!unknown:localhost", "{\"via\": [\"localhost\"]}");
    assertEquals(List.of(top, middle, leaf, second, third), tree(bob, top, ""));
    assertEquals(List.of(top), tree(bob, top, "?max_depth=0"));
    assertEquals(List.of(top, middle, second, third), tree(bob, top, "?max_depth=1"));
    assertEquals(List.of(top), tree(bob, top, "?suggested_only=true"));
    assertEquals(List.of(middle, leaf), tree(bob, middle, "?suggested_only=true"));
    JsonPath rooms = hierarchy(bob, top, "").jsonPath();
    assertEquals("m.space", rooms.getString("rooms[0].room_type"));
    assertEquals(
        List.of(middle, second, "!unknown:localhost", third), orderedChildren(rooms, third));
    assertEquals("m.space.child", rooms.getString("rooms[0].children_state[0].type"));
    assertEquals(alice.id(), rooms.getString("rooms[0].children_state[0].sender"));
    assertEquals("localhost", rooms.getString("rooms[0].children_state[0].content.via[0]"));
    assertThat(rooms.getList("rooms[2].children_state"), hasSize(0));
  }

  /// The children of the first room; those without an order come by age.
  private static List<String> orderedChildren(JsonPath rooms, String oldest) {
    List<String> children = new ArrayList<>(rooms.getList("rooms[0].children_state.state_key"));
    children.remove(oldest);
    children.add(oldest);
    return children;
  }

  @Test
  void treeComesInPages() {
    String top = space();
    List<String> expected = new ArrayList<>(List.of(top));
    for (int i = 0; i < 5; i++) {
      String child = alice.createRoom(PUBLIC);
      add(top, child, ", \"order\": \"" + i + "\"");
      expected.add(child);
    }
    List<String> read = new ArrayList<>();
    String from = "";
    do {
      JsonPath page = hierarchy(bob, top, "?limit=4" + from).jsonPath();
      read.addAll(page.getList("rooms.room_id"));
      from = page.get("next_batch") == null ? "" : "&from=" + page.getString("next_batch");
    } while (!from.isEmpty());
    assertEquals(expected, read);
    String token = hierarchy(bob, top, "?limit=4").path("next_batch");
    for (String query :
        List.of(
            "?max_depth=1&from=" + token,
            "?suggested_only=true&from=" + token,
            "?from=x",
            "?limit=0",
            "?limit=x",
            "?max_depth=-1",
            "?suggested_only=perhaps")) {
      assertRefused(hierarchy(bob, top, query), 400, "M_INVALID_PARAM");
    }
  }

  @Test
  void roomsThatOneMayNotJoinAreLeftOut() {
    String top = space();
    String secret = alice.createRoom();
    String knockable = alice.createRoom();
    alice.setState(knockable, "m.room.join_rules", "{\"join_rule\": \"knock\"}");
    String forMembers = alice.createRoom();
    alice.setState(
        forMembers,
        "m.room.join_rules",
        """
        {"join_rule": "restricted", "allow": [
          {"type": "m.room_membership", "room_id": "%s"}]}
        """
            .formatted(top));
    add(top, secret, ", \"order\": \"1\"");
    add(top, knockable, ", \"order\": \"2\"");
    add(top, forMembers, ", \"order\": \"3\"");
    assertEquals(List.of(top, knockable), tree(bob, top, ""));
    bob.join(top);
    assertEquals(List.of(top, knockable, forMembers), tree(bob, top, ""));
    alice.invite(secret, bob);
    assertEquals(List.of(top, secret, knockable, forMembers), tree(bob, top, ""));
    assertEquals(
        List.of(top),
        hierarchy(bob, top, "")
            .jsonPath()
            .getList("rooms.find { it.room_id == '" + forMembers + "' }.allowed_room_ids"));
    assertForbidden(hierarchy(server.register("carol"), secret, ""));
    assertForbidden(hierarchy(bob, "!nowhere:localhost", ""));
  }

  @Test
  void summaryTellsWhatARoomIs() {
    String room =
        alice.createRoom(
            """
            {
              "preset": "public_chat", "room_version": "11", "name": "n", "topic": "t",
              "room_alias_name": "sum-%s",
              "initial_state": [
                {"type": "m.room.avatar", "content": {"url": "mxc://localhost/a"}},
                {"type": "m.room.encryption", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}]
            }
            """
                .formatted(alice.localpart()));
    String alias = "#sum-" + alice.localpart() + ":localhost";
    for (String name : List.of(room, alias)) {
      bob.get(path("/v1/room_summary/{}", name))
          .then()
          .statusCode(200)
          .body("room_id", equalTo(room))
          .body("name", equalTo("n"))
          .body("topic", equalTo("t"))
          .body("avatar_url", equalTo("mxc://localhost/a"))
          .body("canonical_alias", equalTo(alias))
          .body("join_rule", equalTo("public"))
          .body("guest_can_join", equalTo(false))
          .body("world_readable", equalTo(false))
          .body("num_joined_members", equalTo(1))
          .body("encryption", equalTo("m.megolm.v1.aes-sha2"))
          .body("room_version", equalTo("11"))
          .body("membership", equalTo("leave"));
    }
    alice.get(path("/v1/room_summary/{}", room)).then().body("membership", equalTo("join"));
    assertNull(server.anonymously().get(path("/v1/room_summary/{}", room)).path("membership"));
  }

  @Test
  void closedRoomHasNoSummaryForStrangers() {
    String room = alice.createRoom();
    assertRefused(bob.get(path("/v1/room_summary/{}", room)), 404, "M_NOT_FOUND");
    assertRefused(server.anonymously().get(path("/v1/room_summary/{}", room)), 404, "M_NOT_FOUND");
    assertRefused(bob.get("/v1/room_summary/%21nowhere%3Alocalhost"), 404, "M_NOT_FOUND");
    assertRefused(bob.get("/v1/room_summary/%23nowhere%3Alocalhost"), 404, "M_NOT_FOUND");
    alice.invite(room, bob);
    bob.get(path("/v1/room_summary/{}", room)).then().body("membership", equalTo("invite"));
  }

  @Test
  void mutualRoomsAreThoseThatBothAreIn() {
    User carol = server.register("carol");
    String both = alice.createRoomWith(bob);
    alice.createRoomWith(carol);
    String invited = alice.createRoom();
    alice.invite(invited, bob);
    JsonPath mutual = alice.get(path("/v1/mutual_rooms?user_id={}", bob.id())).jsonPath();
    assertThat(mutual.<String>getList("joined"), contains(both));
    assertEquals(1, mutual.getInt("count"));
    assertNull(mutual.get("next_batch"));
    assertEquals(
        0, bob.get(path("/v1/mutual_rooms?user_id={}", carol.id())).jsonPath().getInt("count"));
    assertEquals(
        0, bob.get("/v1/mutual_rooms?user_id=%40nobody%3Alocalhost").jsonPath().getInt("count"));
    assertRefused(
        alice.get(path("/v1/mutual_rooms?user_id={}", alice.id())), 400, "M_INVALID_PARAM");
    assertRefused(alice.get("/v1/mutual_rooms?user_id=bob"), 400, "M_INVALID_PARAM");
    assertRefused(alice.get("/v1/mutual_rooms"), 400, "M_MISSING_PARAM");
    assertRefused(
        alice.get(path("/v1/mutual_rooms?user_id={}&from=x", bob.id())), 400, "M_INVALID_PARAM");
  }

  @Test
  void eventsAreFoundByTheirTime() {
    String room = alice.createRoom();
    String event = alice.say(room, "x");
    long sent = RoomCalls.event(alice, room, event).getLong("origin_server_ts");
    String path = path("/v1/rooms/{}/timestamp_to_event", room);
    alice
        .get(path + "?dir=b&ts=" + (sent + 60_000))
        .then()
        .statusCode(200)
        .body("event_id", equalTo(event))
        .body("origin_server_ts", equalTo(sent));
    String first = alice.get(path + "?dir=f&ts=0").path("event_id");
    assertEquals("m.room.create", RoomCalls.event(alice, room, first).getString("type"));
    assertRefused(alice.get(path + "?dir=f&ts=" + (sent + 60_000)), 404, "M_NOT_FOUND");
    assertRefused(alice.get(path + "?dir=b&ts=0"), 404, "M_NOT_FOUND");
    assertRefused(alice.get(path + "?dir=b"), 400, "M_MISSING_PARAM");
    assertRefused(alice.get(path + "?ts=0"), 400, "M_MISSING_PARAM");
    assertRefused(alice.get(path + "?ts=now&dir=b"), 400, "M_INVALID_PARAM");
    assertRefused(alice.get(path + "?ts=0&dir=x"), 400, "M_INVALID_PARAM");
    assertForbidden(bob.get(path + "?ts=0&dir=f"));
  }
}
