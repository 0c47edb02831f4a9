package dev.sotto.spec;

import static dev.sotto.spec.harness.Http.path;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// @spec https://spec.matrix.org/v1.19/client-server-api/#room-tagging
class RoomTaggingTest {
  private static final String TAGS = "/v3/user/{}/rooms/{}/tags";
  private static final String TAG = TAGS + "/{}";

  private final User alice = Server.plain().register("alice");
  private final String room = alice.createRoom();

  @Test
  void tagsAreAddedListedAndRemoved() {
    alice.get(path(TAGS, alice.id(), room)).then().body("tags", equalTo(Map.of()));
    alice
        .put(path(TAG, alice.id(), room, "m.favourite"), "{\"order\": 0.25}")
        .then()
        .statusCode(200);
    alice.put(path(TAG, alice.id(), room, "u.Wörk"), "{}").then().statusCode(200);
    alice
        .get(path(TAGS, alice.id(), room))
        .then()
        .statusCode(200)
        .body("tags.'m.favourite'.order", equalTo(0.25f))
        .body("tags.'u.Wörk'", equalTo(Map.of()));
    alice.delete(path(TAG, alice.id(), room, "m.favourite")).then().statusCode(200);
    alice.delete(path(TAG, alice.id(), room, "m.favourite")).then().statusCode(200);
    alice
        .get(path(TAGS, alice.id(), room))
        .then()
        .body("tags", equalTo(Map.of("u.Wörk", Map.of())));
  }

  @Test
  void aSyncDeliversAllTagsOfTheRoom() {
    alice.put(path(TAG, alice.id(), room, "u.one"), "{}").then().statusCode(200);
    String since = alice.now();
    alice.put(path(TAG, alice.id(), room, "u.two"), "{}").then().statusCode(200);
    assertEquals(
        Map.of("u.one", Map.of(), "u.two", Map.of()),
        alice
            .sync(since)
            .getMap(
                "rooms.join.'"
                    + room
                    + "'.account_data.events.find { it.type == 'm.tag' }"
                    + ".content.tags"));
  }

  @Test
  void wrongTagsAreRefused() {
    User bob = Server.plain().register("bob");
    bob.get(path(TAGS, alice.id(), room))
        .then()
        .statusCode(403)
        .body("errcode", equalTo("M_FORBIDDEN"));
    bob.put(path(TAG, alice.id(), room, "u.x"), "{}").then().statusCode(403);
    alice
        .put(path(TAG, alice.id(), room, "u.x"), "{\"order\": \"first\"}")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_BAD_JSON"));
    alice
        .put(path(TAG, alice.id(), room, "ü".repeat(128)), "{}")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_INVALID_PARAM"));
  }
}
