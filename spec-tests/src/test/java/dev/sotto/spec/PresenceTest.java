package dev.sotto.spec;

import static dev.sotto.spec.harness.Http.path;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import io.restassured.path.json.JsonPath;
import org.junit.jupiter.api.Test;

/// @spec https://spec.matrix.org/v1.19/client-server-api/#presence
class PresenceTest {
  private static final String STATUS = "/v3/presence/{}/status";

  private final User alice = Server.plain().register("alice");
  private final User bob = Server.plain().register("bob");

  private static Object presence(JsonPath sync, User user, String member) {
    return sync.get(
        "presence.events.find { it.sender == '" + user.id() + "' }?.content?." + member);
  }

  private void set(User user, String body) {
    user.put(path(STATUS, user.id()), body).then().statusCode(200);
  }

  @Test
  void whoSharesARoomSeesTheStatus() {
    alice.createRoomWith(bob);
    String since = bob.now();
    set(alice, "{\"presence\": \"unavailable\", \"status_msg\": \"on a walk\"}");
    JsonPath sync = bob.syncWith(path("timeout=20000&since={}", since));
    assertEquals("unavailable", presence(sync, alice, "presence"));
    assertEquals("on a walk", presence(sync, alice, "status_msg"));
    bob.get(path(STATUS, alice.id()))
        .then()
        .statusCode(200)
        .body("presence", equalTo("unavailable"))
        .body("status_msg", equalTo("on a walk"));
  }

  @Test
  void whoSyncsIsOnlineUnlessTheySayOtherwise() {
    alice.createRoomWith(bob);
    alice.syncWith("timeout=0&set_presence=offline");
    bob.get(path(STATUS, alice.id())).then().body("presence", equalTo("offline"));
    alice.sync();
    bob.get(path(STATUS, alice.id()))
        .then()
        .body("presence", equalTo("online"))
        .body("currently_active", equalTo(true));
    assertEquals("online", presence(bob.sync(), alice, "presence"));
  }

  @Test
  void strangersSeeNothing() {
    set(alice, "{\"presence\": \"online\"}");
    bob.get(path(STATUS, alice.id()))
        .then()
        .statusCode(403)
        .body("errcode", equalTo("M_FORBIDDEN"));
    assertNull(presence(bob.sync(), alice, "presence"));
    alice.get(path(STATUS, alice.id())).then().body("presence", equalTo("online"));
  }

  @Test
  void wrongInputIsRefused() {
    bob.put(path(STATUS, alice.id()), "{\"presence\": \"online\"}")
        .then()
        .statusCode(403)
        .body("errcode", equalTo("M_FORBIDDEN"));
    alice
        .put(path(STATUS, alice.id()), "{\"presence\": \"asleep\"}")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_INVALID_PARAM"));
    alice
        .put(path(STATUS, alice.id()), "{}")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_MISSING_PARAM"));
    alice
        .put(path(STATUS, alice.id()), "{\"presence\": \"online\", \"status_msg\": 1}")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_BAD_JSON"));
  }
}
