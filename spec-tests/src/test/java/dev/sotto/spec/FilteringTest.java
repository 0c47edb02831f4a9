package dev.sotto.spec;

import static dev.sotto.spec.harness.Http.path;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// @spec https://spec.matrix.org/v1.19/client-server-api/#filtering
class FilteringTest {
  private static final String FILTERS = "/v3/user/{}/filter";

  private final User alice = Server.plain().register("alice");

  private String define(String filter) {
    return alice
        .post(path(FILTERS, alice.id()), filter)
        .then()
        .statusCode(200)
        .body("filter_id", not(startsWith("{")))
        .extract()
        .path("filter_id");
  }

  @Test
  void aFilterIsUploadedAndReadBack() {
    String id = define("{\"room\": {\"timeline\": {\"limit\": 3}}, \"org.example\": true}");
    alice
        .get(path(FILTERS + "/{}", alice.id(), id))
        .then()
        .statusCode(200)
        .body("room.timeline.limit", equalTo(3))
        .body("'org.example'", equalTo(true));
    assertEquals(id, define("{\"room\": {\"timeline\": {\"limit\": 3}}, \"org.example\": true}"));
    alice
        .get(path(FILTERS + "/{}", alice.id(), "none"))
        .then()
        .statusCode(404)
        .body("errcode", equalTo("M_NOT_FOUND"));
  }

  @Test
  void filtersAreTheirUsersAlone() {
    String id = define("{}");
    User bob = Server.plain().register("bob");
    bob.get(path(FILTERS + "/{}", alice.id(), id))
        .then()
        .statusCode(403)
        .body("errcode", equalTo("M_FORBIDDEN"));
    bob.get(path(FILTERS + "/{}", bob.id(), id)).then().statusCode(404);
    bob.post(path(FILTERS, alice.id()), "{}").then().statusCode(403);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "{\"presence\": \"x\"}",
        "{\"room\": {\"timeline\": \"x\"}}",
        "{\"room\": {\"timeline\": {\"rooms\": \"x\"}}}",
        "{\"room\": {\"timeline\": {\"rooms\": [\"not_a_room\"]}}}",
        "{\"room\": {\"timeline\": {\"senders\": [\"not_a_user\"]}}}",
        "{\"room\": {\"timeline\": {\"types\": [1]}}}",
        "{\"room\": {\"timeline\": {\"limit\": -1}}}",
        "{\"event_format\": \"other\"}"
      })
  void anIllFormedFilterIsRefused(String filter) {
    alice
        .post(path(FILTERS, alice.id()), filter)
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_BAD_JSON"));
  }

  @Test
  void aSyncTakesAFilterByItsIdAndInline() {
    String room = alice.createRoom();
    alice.say(room, "one");
    alice.say(room, "two");
    String filter = "{\"room\": {\"timeline\": {\"types\": [\"m.room.mess*\"], \"limit\": 1}}}";
    String timeline = "rooms.join.'" + room + "'.timeline.events.content.body";
    assertEquals(
        List.of("two"),
        alice.syncWith(path("timeout=0&filter={}", define(filter))).getList(timeline));
    assertEquals(
        List.of("two"), alice.syncWith(path("timeout=0&filter={}", filter)).getList(timeline));
  }
}
