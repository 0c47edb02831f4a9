package dev.sotto.spec;

import static dev.sotto.spec.harness.Http.path;
import static org.hamcrest.Matchers.aMapWithSize;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import io.restassured.path.json.JsonPath;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// @spec https://spec.matrix.org/v1.19/client-server-api/#client-config
class ClientConfigTest {
  private static final Map<?, ?> OK = Map.of();
  private static final String GLOBAL = "/v3/user/{}/account_data/{}";
  private static final String IN_ROOM = "/v3/user/{}/rooms/{}/account_data/{}";

  private final User alice = Server.plain().register("alice");

  @Test
  void whatWasSetCanBeReadBack() {
    alice
        .put(path(GLOBAL, alice.id(), "org.example.config"), "{\"a\": [1, {\"b\": null}]}")
        .then()
        .statusCode(200)
        .body("", equalTo(OK));
    alice
        .get(path(GLOBAL, alice.id(), "org.example.config"))
        .then()
        .statusCode(200)
        .body("a[0]", equalTo(1))
        .body("a[1]", aMapWithSize(1));
    alice
        .onAnotherDevice()
        .get(path(GLOBAL, alice.id(), "org.example.config"))
        .then()
        .statusCode(200);
    alice
        .get(path(GLOBAL, alice.id(), "org.example.other"))
        .then()
        .statusCode(404)
        .body("errcode", equalTo("M_NOT_FOUND"));
  }

  @Test
  void aRoomHasAccountDataOfItsOwn() {
    String room = alice.createRoom();
    alice.put(path(IN_ROOM, alice.id(), room, "org.example"), "{\"n\": 1}").then().statusCode(200);
    alice.get(path(IN_ROOM, alice.id(), room, "org.example")).then().body("n", equalTo(1));
    alice.get(path(GLOBAL, alice.id(), "org.example")).then().statusCode(404);
    alice
        .get(path(IN_ROOM, alice.id(), alice.createRoom(), "org.example"))
        .then()
        .statusCode(404)
        .body("errcode", equalTo("M_NOT_FOUND"));
  }

  @Test
  void nobodySeesOrSetsWhatIsAnothers() {
    User bob = Server.plain().register("bob");
    String room = alice.createRoom();
    alice.put(path(GLOBAL, alice.id(), "org.example"), "{}").then().statusCode(200);
    for (String where :
        new String[] {
          path(GLOBAL, alice.id(), "org.example"), path(IN_ROOM, alice.id(), room, "org.example")
        }) {
      bob.get(where).then().statusCode(403).body("errcode", equalTo("M_FORBIDDEN"));
      bob.put(where, "{}").then().statusCode(403).body("errcode", equalTo("M_FORBIDDEN"));
    }
    Server.plain()
        .anonymously()
        .get(path(GLOBAL, alice.id(), "org.example"))
        .then()
        .statusCode(401)
        .body("errcode", equalTo("M_MISSING_TOKEN"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"m.fully_read", "m.push_rules"})
  void whatTheServerSetsItselfCannotBeSet(String type) {
    String room = alice.createRoom();
    alice
        .put(path(GLOBAL, alice.id(), type), "{}")
        .then()
        .statusCode(405)
        .body("errcode", equalTo("M_BAD_JSON"));
    alice
        .put(path(IN_ROOM, alice.id(), room, type), "{}")
        .then()
        .statusCode(405)
        .body("errcode", equalTo("M_BAD_JSON"));
  }

  @Test
  void wrongInputIsRefused() {
    String where = path(GLOBAL, alice.id(), "org.example");
    alice.put(where, "[]").then().statusCode(400).body("errcode", equalTo("M_BAD_JSON"));
    alice.put(where, "{\"a\":").then().statusCode(400).body("errcode", equalTo("M_NOT_JSON"));
    alice
        .put(where, "{\"a\": \"" + "x".repeat(300_000) + "\"}")
        .then()
        .statusCode(413)
        .body("errcode", equalTo("M_TOO_LARGE"));
    alice
        .put(path(GLOBAL, alice.id(), "x".repeat(256)), "{}")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_INVALID_PARAM"));
    alice
        .put(path(IN_ROOM, alice.id(), "@not:a.room", "org.example"), "{}")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_INVALID_PARAM"));
    alice
        .put(path(IN_ROOM, alice.id(), "!unknown:localhost", "org.example"), "{}")
        .then()
        .statusCode(404)
        .body("errcode", equalTo("M_NOT_FOUND"));
  }

  @Test
  void aSyncDeliversWhatChanged() {
    String room = alice.createRoom();
    String since = alice.now();
    alice.put(path(GLOBAL, alice.id(), "org.example"), "{\"n\": 1}").then().statusCode(200);
    alice.put(path(GLOBAL, alice.id(), "org.example"), "{\"n\": 2}").then().statusCode(200);
    alice.put(path(IN_ROOM, alice.id(), room, "org.example"), "{\"n\": 3}").then().statusCode(200);
    JsonPath sync = alice.sync(since);
    assertEquals(2, sync.getInt("account_data.events.find { it.type == 'org.example' }.content.n"));
    assertEquals(1, sync.getList("account_data.events").size());
    assertEquals(
        3,
        sync.getInt(
            "rooms.join.'"
                + room
                + "'.account_data.events.find { it.type == 'org.example' }"
                + ".content.n"));
    JsonPath after = alice.sync(sync.getString("next_batch"));
    assertNull(after.get("rooms.join.'" + room + "'"));
  }

  @Test
  void anInitialSyncDeliversEverythingAndThePushRules() {
    alice.put(path(GLOBAL, alice.id(), "org.example"), "{\"n\": 1}").then().statusCode(200);
    JsonPath sync = alice.sync();
    assertEquals(1, sync.getInt("account_data.events.find { it.type == 'org.example' }.content.n"));
    assertEquals(
        ".m.rule.master",
        sync.getString(
            "account_data.events.find { it.type == 'm.push_rules' }"
                + ".content.global.override[0].rule_id"));
  }

  @Test
  void accountDataCanBeDeleted() {
    String unstable = "/_matrix/client/unstable/org.matrix.msc3391/user/{}/account_data/{}";
    alice.put(path(GLOBAL, alice.id(), "org.example"), "{\"n\": 1}").then().statusCode(200);
    String since = alice.now();
    alice.delete(path(unstable, alice.id(), "org.example")).then().statusCode(200);
    alice.get(path(GLOBAL, alice.id(), "org.example")).then().statusCode(404);
    assertEquals(
        OK,
        alice.sync(since).getMap("account_data.events.find { it.type == 'org.example' }.content"));
    assertNull(alice.sync().get("account_data.events.find { it.type == 'org.example' }"));
  }
}
