package dev.sotto.spec;

import static dev.sotto.spec.harness.Http.path;
import static org.hamcrest.Matchers.anEmptyMap;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.sotto.spec.harness.Http;
import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Aliases and the list of public rooms.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#room-aliases
/// @spec https://spec.matrix.org/v1.19/client-server-api/#published-room-directory
class RoomDirectoryTest {
  private final Server server = Server.plain();
  private final User alice = server.register("alice");
  private final User bob = server.register("bob");

  /// An alias that no other test has.
  private String alias(String name) {
    return "#" + name + "-" + alice.localpart() + ":localhost";
  }

  private static Response setAlias(Http user, String alias, String room) {
    return user.put(path("/v3/directory/room/{}", alias), "{\"room_id\": \"%s\"}".formatted(room));
  }

  private static Response deleteAlias(Http user, String alias) {
    return user.delete(path("/v3/directory/room/{}", alias));
  }

  private Response resolve(String alias) {
    return server.anonymously().get(path("/v3/directory/room/{}", alias));
  }

  private static Response aliases(User user, String room) {
    return user.get(path("/v3/rooms/{}/aliases", room));
  }

  @Test
  void aliasLeadsToItsRoom() {
    String room = alice.createRoom();
    for (String alias : List.of(alias("tea"), alias("\u8001\u864E\uD83E\uDD28 and more"))) {
      setAlias(alice, alias, room).then().statusCode(200).body("", anEmptyMap());
      resolve(alias)
          .then()
          .statusCode(200)
          .body("room_id", equalTo(room))
          .body("servers", contains("localhost"));
    }
    aliases(alice, room)
        .then()
        .statusCode(200)
        .body(
            "aliases",
            containsInAnyOrder(alias("tea"), alias("\u8001\u864E\uD83E\uDD28 and more")));
    aliases(bob, room).then().statusCode(403).body("errcode", equalTo("M_FORBIDDEN"));
  }

  @Test
  void roomIsJoinedByItsAlias() {
    String room = alice.createRoom("{\"preset\": \"public_chat\"}");
    setAlias(alice, alias("tea"), room);
    bob.join(alias("tea"));
    aliases(bob, room).then().body("aliases", contains(alias("tea")));
  }

  @Test
  void whoeverMayReadARoomSeesItsAliases() {
    String room =
        alice.createRoom(
            """
            {
              "preset": "private_chat",
              "initial_state": [
                {
                  "type": "m.room.history_visibility",
                  "content": {"history_visibility": "world_readable"}
                }
              ]
            }
            """);
    aliases(bob, room).then().statusCode(200).body("aliases", empty());
    aliases(bob, "!unknown").then().statusCode(403).body("errcode", equalTo("M_FORBIDDEN"));
  }

  @Test
  void takenAliasIsNotGivenAgain() {
    String room = alice.createRoom();
    setAlias(alice, alias("tea"), room).then().statusCode(200);
    setAlias(alice, alias("tea"), alice.createRoom())
        .then()
        .statusCode(409)
        .body("errcode", equalTo("M_UNKNOWN"));
    resolve(alias("tea")).then().body("room_id", equalTo(room));
    String name = alias("tea").substring(1, alias("tea").indexOf(':'));
    alice
        .post("/v3/createRoom", "{\"room_alias_name\": \"%s\"}".formatted(name))
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_ROOM_IN_USE"));
  }

  @Test
  void aliasThatCannotBeIsRefused() {
    String room = alice.createRoom();
    for (String alias : List.of("tea", "#tea", "#:localhost", "#tea:elsewhere.example.org")) {
      setAlias(alice, alias, room)
          .then()
          .statusCode(400)
          .body("errcode", equalTo("M_INVALID_PARAM"));
    }
    setAlias(bob, alias("tea"), room).then().statusCode(403);
    setAlias(alice, alias("tea"), "!unknown").then().statusCode(404);
    alice
        .put(path("/v3/directory/room/{}", alias("tea")), "{}")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_MISSING_PARAM"));
    setAlias(server.anonymously(), alias("tea"), room).then().statusCode(401);
    resolve(alias("tea")).then().statusCode(404).body("errcode", equalTo("M_NOT_FOUND"));
    resolve("tea").then().statusCode(400).body("errcode", equalTo("M_INVALID_PARAM"));
  }

  @Test
  void aliasIsDeletedByWhoMadeIt() {
    String room = alice.createRoomWith(bob);
    setAlias(bob, alias("bobs"), room).then().statusCode(200);
    deleteAlias(bob, alias("bobs")).then().statusCode(200);
    resolve(alias("bobs")).then().statusCode(404);
    deleteAlias(bob, alias("bobs")).then().statusCode(404).body("errcode", equalTo("M_NOT_FOUND"));
  }

  @Test
  void aliasIsDeletedByWhoMayNameTheRoomAndByNobodyElse() {
    String room = alice.createRoomWith(bob);
    setAlias(alice, alias("tea"), room);
    setAlias(bob, alias("bobs"), room);
    deleteAlias(bob, alias("tea")).then().statusCode(403).body("errcode", equalTo("M_FORBIDDEN"));
    deleteAlias(alice, alias("bobs")).then().statusCode(200);
    aliases(alice, room).then().body("aliases", contains(alias("tea")));
  }

  @Test
  void deletedAliasIsNoLongerCanonical() {
    String room = alice.createRoom();
    for (String name : List.of("one", "two", "three")) {
      setAlias(alice, alias(name), room);
    }
    alice.setState(
        room,
        "m.room.canonical_alias",
        "{\"alias\": \"%s\", \"alt_aliases\": [\"%s\", \"%s\"]}"
            .formatted(alias("one"), alias("two"), alias("three")));
    String canonical = path("/v3/rooms/{}/state/m.room.canonical_alias", room);
    deleteAlias(alice, alias("two")).then().statusCode(200);
    alice
        .get(canonical)
        .then()
        .body("alias", equalTo(alias("one")))
        .body("alt_aliases", contains(alias("three")));
    deleteAlias(alice, alias("one")).then().statusCode(200);
    deleteAlias(alice, alias("three")).then().statusCode(200);
    alice.get(canonical).then().body("", anEmptyMap());
  }

  private static Response setVisibility(Http user, String room, String body) {
    return user.put(path("/v3/directory/list/room/{}", room), body);
  }

  private Response visibility(String room) {
    return server.anonymously().get(path("/v3/directory/list/room/{}", room));
  }

  @Test
  void roomIsListedByWhoMayNameIt() {
    String room = alice.createRoomWith(bob);
    visibility(room).then().statusCode(200).body("visibility", equalTo("private"));
    setVisibility(bob, room, "{\"visibility\": \"public\"}")
        .then()
        .statusCode(403)
        .body("errcode", equalTo("M_FORBIDDEN"));
    setVisibility(alice, room, "{}").then().statusCode(200);
    visibility(room).then().body("visibility", equalTo("public"));
    setVisibility(alice, room, "{\"visibility\": \"public\"}").then().statusCode(200);
    setVisibility(alice, room, "{\"visibility\": \"private\"}").then().statusCode(200);
    visibility(room).then().body("visibility", equalTo("private"));
    setVisibility(alice, room, "{\"visibility\": \"secret\"}")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_INVALID_PARAM"));
    visibility("!unknown").then().statusCode(404).body("errcode", equalTo("M_NOT_FOUND"));
    setVisibility(alice, "!unknown", "{}").then().statusCode(404);
  }

  private JsonPath search(User user, String body) {
    return user.post("/v3/publicRooms", body).then().statusCode(200).extract().jsonPath();
  }

  @Test
  void listSaysWhatARoomIs() {
    String name = "Wombles of " + alice.localpart();
    String localpart = "wombles-" + alice.localpart();
    String room =
        alice.createRoom(
            """
            {
              "preset": "public_chat",
              "visibility": "public",
              "room_alias_name": "%s",
              "name": "%s",
              "topic": "Litter"
            }
            """
                .formatted(localpart, name));
    bob.join(room);
    for (String term : List.of(name.toUpperCase(Locale.ROOT), "#" + localpart)) {
      Response found =
          bob.post(
              "/v3/publicRooms", "{\"filter\": {\"generic_search_term\": \"%s\"}}".formatted(term));
      found
          .then()
          .statusCode(200)
          .body("chunk.room_id", contains(room))
          .body("chunk[0].name", equalTo(name))
          .body("chunk[0].topic", equalTo("Litter"))
          .body("chunk[0].canonical_alias", equalTo("#" + localpart + ":localhost"))
          .body("chunk[0].num_joined_members", equalTo(2))
          .body("chunk[0].join_rule", equalTo("public"))
          .body("chunk[0].world_readable", equalTo(false))
          .body("chunk[0].guest_can_join", equalTo(false))
          .body("chunk[0]", not(hasKey("room_type")))
          .body("chunk[0]", not(hasKey("avatar_url")));
    }
  }

  @Test
  void listIsFilteredByType() {
    String tag = "typed-" + alice.localpart();
    String body = "{\"visibility\": \"public\", \"name\": \"%s\", \"creation_content\": {%s}}";
    String room = alice.createRoom(body.formatted(tag, ""));
    String space = alice.createRoom(body.formatted(tag, "\"type\": \"m.space\""));
    String query = "{\"filter\": {\"generic_search_term\": \"%s\", \"room_types\": %s}}";
    assertEquals(
        List.of(space),
        search(bob, query.formatted(tag, "[\"m.space\"]")).getList("chunk.room_id"));
    assertEquals(
        List.of(room), search(bob, query.formatted(tag, "[null]")).getList("chunk.room_id"));
    assertEquals(
        2, search(bob, query.formatted(tag, "[null, \"m.space\"]")).getList("chunk").size());
    assertEquals(List.of(), search(bob, query.formatted(tag, "[]")).getList("chunk"));
    bob.post("/v3/publicRooms", query.formatted(tag, "[7]"))
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_BAD_JSON"));
  }

  @Test
  void listIsReadInPagesForwardsAndBackwards() {
    try (Server own = Server.start(Map.of())) {
      User carol = own.register("carol");
      User dave = own.register("dave");
      List<String> rooms = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        rooms.add(carol.createRoom("{\"preset\": \"public_chat\", \"visibility\": \"public\"}"));
      }
      dave.join(rooms.get(3));
      Http anybody = own.anonymously();
      JsonPath first = page(anybody, "limit=2");
      assertEquals(rooms.get(3), first.getString("chunk[0].room_id"), "the largest comes first");
      assertEquals(5, first.getInt("total_room_count_estimate"));
      assertNull(first.get("prev_batch"));
      // A room that comes in between moves nobody to another page.
      String late = carol.createRoom("{\"preset\": \"public_chat\", \"visibility\": \"public\"}");
      dave.join(late);
      JsonPath second = page(anybody, "limit=2&since=" + first.getString("next_batch"));
      JsonPath third = page(anybody, "limit=2&since=" + second.getString("next_batch"));
      List<String> seen = new ArrayList<>();
      for (JsonPath page : List.of(first, second, third)) {
        seen.addAll(page.getList("chunk.room_id"));
      }
      seen.remove(late);
      assertEquals(List.copyOf(new TreeSet<>(rooms)), seen.stream().sorted().toList());
      assertNull(third.get("next_batch"));
      JsonPath back = page(anybody, "limit=2&since=" + third.getString("prev_batch"));
      assertEquals(second.<String>getList("chunk.room_id"), back.<String>getList("chunk.room_id"));
      anybody
          .get("/v3/publicRooms?since=nonsense")
          .then()
          .statusCode(400)
          .body("errcode", equalTo("M_INVALID_PARAM"));
    }
  }

  private static JsonPath page(Http http, String query) {
    return http.get("/v3/publicRooms?" + query).then().statusCode(200).extract().jsonPath();
  }

  @Test
  void listsOfOthersAreNotHere() {
    alice.get("/v3/publicRooms?server=localhost").then().statusCode(200);
    alice
        .get("/v3/publicRooms?server=elsewhere.example.org")
        .then()
        .statusCode(404)
        .body("errcode", equalTo("M_NOT_FOUND"));
    String room = alice.createRoom("{\"visibility\": \"public\"}");
    alice
        .post("/v3/publicRooms", "{\"third_party_instance_id\": \"irc|freenode\"}")
        .then()
        .statusCode(200)
        .body("chunk", empty());
    alice
        .post("/v3/publicRooms", "{\"include_all_networks\": true, \"limit\": 500}")
        .then()
        .body("chunk.room_id", hasItem(room));
    alice
        .post(
            "/v3/publicRooms",
            "{\"include_all_networks\": true, \"third_party_instance_id\": \"irc\"}")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_INVALID_PARAM"));
    server.anonymously().post("/v3/publicRooms", "{}").then().statusCode(401);
  }

  @Test
  void noOtherNetworksAreKnown() {
    alice.get("/v3/thirdparty/protocols").then().statusCode(200).body("", anEmptyMap());
    for (String lookup :
        List.of(
            "protocol/irc",
            "location/irc?channel=x",
            "user/irc?nick=x",
            "location?alias=%23a:b",
            "user?userid=%40a:b")) {
      alice
          .get("/v3/thirdparty/" + lookup)
          .then()
          .statusCode(404)
          .body("errcode", equalTo("M_NOT_FOUND"));
    }
    alice
        .get("/v3/thirdparty/location")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_MISSING_PARAM"));
  }
}
