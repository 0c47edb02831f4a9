package dev.sotto.spec;

import static dev.sotto.spec.harness.Http.path;
import static org.hamcrest.Matchers.anEmptyMap;
import static org.hamcrest.Matchers.equalTo;
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

/// @spec https://spec.matrix.org/v1.19/client-server-api/#profiles
class ProfileTest {
  private final Server server = Server.plain();
  private final User alice = server.register("alice");

  private static Response set(User user, String of, String field, String body) {
    return user.put(path("/v3/profile/{}/{}", of, field), body);
  }

  private Response get(String user) {
    return server.anonymously().get(path("/v3/profile/{}", user));
  }

  private Response get(String user, String field) {
    return server.anonymously().get(path("/v3/profile/{}/{}", user, field));
  }

  private void set(String field, String json) {
    set(alice, alice.id(), field, "{\"%s\": %s}".formatted(field, json)).then().statusCode(200);
  }

  @Test
  void everybodySeesWhatAUserShows() {
    get(alice.id()).then().statusCode(200).body("", anEmptyMap());
    set("displayname", "\"Alice \\u2615\"");
    set("avatar_url", "\"mxc://localhost/abc\"");
    set("m.tz", "\"Europe/London\"");
    set("com.example.pets", "{\"cats\": [1, 2.5, null]}");
    get(alice.id())
        .then()
        .statusCode(200)
        .body("displayname", equalTo("Alice \u2615"))
        .body("avatar_url", equalTo("mxc://localhost/abc"))
        .body("'m.tz'", equalTo("Europe/London"))
        .body("'com.example.pets'.cats[2]", nullValue());
    get(alice.id(), "displayname").then().body("", equalTo(Map.of("displayname", "Alice \u2615")));
  }

  @Test
  void fieldsAreTakenAway() {
    set("displayname", "\"Alice\"");
    set("com.example.pets", "null");
    for (String field : List.of("displayname", "com.example.pets", "com.example.none")) {
      alice.delete(path("/v3/profile/{}/{}", alice.id(), field)).then().statusCode(200);
      get(alice.id(), field).then().statusCode(404).body("errcode", equalTo("M_NOT_FOUND"));
    }
    get(alice.id()).then().statusCode(200).body("", anEmptyMap());
  }

  @Test
  void nameAndPictureReachTheRoomsThatTheUserIsIn() {
    User bob = server.register("bob");
    String room = alice.createRoomWith(bob);
    String left = alice.createRoomWith(bob);
    alice.leave(left);
    String since = bob.now();
    set("displayname", "\"Alice\"");
    set("avatar_url", "\"mxc://localhost/abc\"");
    String member = path("/v3/rooms/{}/state/m.room.member/{}", room, alice.id());
    bob.get(member)
        .then()
        .body("membership", equalTo("join"))
        .body("displayname", equalTo("Alice"))
        .body("avatar_url", equalTo("mxc://localhost/abc"));
    bob.get(path("/v3/rooms/{}/state/m.room.member/{}", left, alice.id()))
        .then()
        .body("membership", equalTo("leave"))
        .body("", not(hasKey("displayname")));
    assertEquals(
        List.of("Alice", "Alice"),
        bob.sync(since)
            .getList("rooms.join.'%s'.timeline.events.content.displayname".formatted(room)));
    alice.delete(path("/v3/profile/{}/displayname", alice.id())).then().statusCode(200);
    bob.get(member).then().body("", not(hasKey("displayname")));
  }

  @Test
  void nameOfNewMembershipsIsTheProfiles() {
    set("displayname", "\"Alice\"");
    String room = alice.createRoom();
    alice
        .get(path("/v3/rooms/{}/state/m.room.member/{}", room, alice.id()))
        .then()
        .body("displayname", equalTo("Alice"));
  }

  @Test
  void nobodyChangesTheProfileOfAnother() {
    User bob = server.register("bob");
    set(bob, alice.id(), "displayname", "{\"displayname\": \"Fool\"}")
        .then()
        .statusCode(403)
        .body("errcode", equalTo("M_FORBIDDEN"));
    bob.delete(path("/v3/profile/{}/displayname", alice.id())).then().statusCode(403);
    server
        .anonymously()
        .put(path("/v3/profile/{}/displayname", alice.id()), "{\"displayname\": \"Fool\"}")
        .then()
        .statusCode(401);
  }

  @Test
  void whatNoFieldCanBeIsRefused() {
    set(alice, alice.id(), "displayname", "{\"displayname\": 7}")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_BAD_JSON"));
    set(alice, alice.id(), "displayname", "{\"name\": \"x\"}")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_MISSING_PARAM"));
    set(alice, alice.id(), "displayname", "{")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_NOT_JSON"));
    set(alice, alice.id(), "avatar_url", "{\"avatar_url\": \"https://elsewhere/spy.png\"}")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_INVALID_PARAM"));
    set(alice, alice.id(), "Shouting", "{\"Shouting\": 1}")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_INVALID_PARAM"));
    String longName = "com." + "x".repeat(252);
    set(alice, alice.id(), longName, "{\"" + longName + "\": 1}")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_KEY_TOO_LARGE"));
  }

  @Test
  void profileHasALimitOf64KiB() {
    set("com.example.first", "\"" + "x".repeat(40_000) + "\"");
    set(
            alice,
            alice.id(),
            "com.example.second",
            "{\"com.example.second\": \"" + "x".repeat(40_000) + "\"}")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_PROFILE_TOO_LARGE"));
    get(alice.id(), "com.example.second").then().statusCode(404);
  }

  @Test
  void guestsChangeOnlyTheirName() {
    var guest = server.anonymously().post("/v3/register?kind=guest", "{}");
    String id = guest.path("user_id");
    var http = server.withToken(guest.path("access_token"));
    http.put(path("/v3/profile/{}/displayname", id), "{\"displayname\": \"Guest\"}")
        .then()
        .statusCode(200);
    http.put(path("/v3/profile/{}/com.example.x", id), "{\"com.example.x\": 1}")
        .then()
        .statusCode(403)
        .body("errcode", equalTo("M_GUEST_ACCESS_FORBIDDEN"));
    http.delete(path("/v3/profile/{}/displayname", id)).then().statusCode(200);
  }

  @Test
  void unknownUsersHaveNoProfile() {
    for (String user : List.of("@nobody-at-all:localhost", "@somebody:elsewhere.example.org")) {
      get(user).then().statusCode(404).body("errcode", equalTo("M_NOT_FOUND"));
      get(user, "displayname").then().statusCode(404).body("errcode", equalTo("M_NOT_FOUND"));
    }
    get("nobody").then().statusCode(400).body("errcode", equalTo("M_INVALID_PARAM"));
  }
}
