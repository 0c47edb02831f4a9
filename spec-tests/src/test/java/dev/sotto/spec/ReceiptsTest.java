package dev.sotto.spec;

import static dev.sotto.spec.harness.Http.path;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// @spec https://spec.matrix.org/v1.19/client-server-api/#receipts
class ReceiptsTest {
  private final User alice = Server.plain().register("alice");
  private final User bob = Server.plain().register("bob");
  private final String room = alice.createRoomWith(bob);
  private final String one = alice.say(room, "one");
  private final String two = alice.say(room, "two");

  private Response tryRead(User user, String type, String event, String body) {
    return user.post(path("/v3/rooms/{}/receipt/{}/{}", room, type, event), body);
  }

  private void read(User user, String type, String event, String body) {
    tryRead(user, type, event, body).then().statusCode(200);
  }

  private @Nullable Object receipts(JsonPath sync) {
    return sync.get(
        "rooms.join.'" + room + "'.ephemeral.events.find { it.type == 'm.receipt' }?.content");
  }

  private @Nullable Object receipt(JsonPath sync, String event, String type, User user) {
    return sync.get(
        "rooms.join.'"
            + room
            + "'.ephemeral.events.find { it.type == 'm.receipt' }"
            + "?.content?.'"
            + event
            + "'?.'"
            + type
            + "'?.'"
            + user.id()
            + "'");
  }

  @Test
  void othersSeeAReceiptAtOnceAndInAFirstSync() {
    String since = alice.now();
    read(bob, "m.read", two, "{}");
    JsonPath sync = alice.sync(since);
    assertNotNull(receipt(sync, two, "m.read", bob));
    assertNull(receipts(alice.sync(sync.getString("next_batch"))));
    assertNotNull(receipt(alice.sync(), two, "m.read", bob));
  }

  @Test
  void aReceiptDoesNotGoBack() {
    read(bob, "m.read", two, "{}");
    String since = alice.now();
    read(bob, "m.read", one, "{}");
    assertNull(receipts(alice.sync(since)));
    assertNotNull(receipt(alice.sync(), two, "m.read", bob));
  }

  @Test
  void aPrivateReceiptIsSeenByItsUserAlone() {
    String ofAlice = alice.now();
    String ofBob = bob.now();
    read(bob, "m.read.private", two, "{}");
    assertNull(receipts(alice.sync(ofAlice)));
    assertNull(receipts(alice.sync()));
    assertNotNull(receipt(bob.sync(ofBob), two, "m.read.private", bob));
    assertNotNull(receipt(bob.sync(), two, "m.read.private", bob));
  }

  @Test
  void receiptsOfThreadsStandBesideEachOther() {
    String reply =
        alice.send(
            room,
            "m.room.message",
            """
            {"msgtype": "m.text", "body": "x",
             "m.relates_to": {"rel_type": "m.thread", "event_id": "%s"}}
            """
                .formatted(one));
    read(bob, "m.read", reply, "{\"thread_id\": \"" + one + "\"}");
    read(bob, "m.read", one, "{\"thread_id\": \"main\"}");
    read(bob, "m.read", two, "{}");
    JsonPath sync = alice.sync();
    String content = "rooms.join.'" + room + "'.ephemeral.events[0].content";
    assertEquals(Set.of(one, two, reply), sync.getMap(content).keySet());
    assertEquals(
        one, sync.getString(content + ".'" + reply + "'.'m.read'.'" + bob.id() + "'.thread_id"));
    assertEquals(
        "main", sync.getString(content + ".'" + one + "'.'m.read'.'" + bob.id() + "'.thread_id"));
    assertNull(sync.get(content + ".'" + two + "'.'m.read'.'" + bob.id() + "'.thread_id"));
    tryRead(bob, "m.read", reply, "{\"thread_id\": \"main\"}")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_INVALID_PARAM"));
    tryRead(bob, "m.read", two, "{\"thread_id\": \"" + one + "\"}")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_INVALID_PARAM"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "\"\"", "null", "[]", "\"nonsense\""})
  void aThreadIdIsMainOrAnEvent(String thread) {
    tryRead(bob, "m.read", two, "{\"thread_id\": " + thread + "}")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_INVALID_PARAM"));
  }

  @Test
  void wrongReceiptsAreRefused() {
    tryRead(bob, "m.seen", two, "{}")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_INVALID_PARAM"));
    tryRead(bob, "m.fully_read", two, "{\"thread_id\": \"main\"}")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_INVALID_PARAM"));
    tryRead(bob, "m.read", "$none", "{}")
        .then()
        .statusCode(404)
        .body("errcode", equalTo("M_NOT_FOUND"));
    tryRead(Server.plain().register("carol"), "m.read", two, "{}")
        .then()
        .statusCode(403)
        .body("errcode", equalTo("M_FORBIDDEN"));
  }

  @Test
  void theFullyReadMarkerComesAsAccountData() {
    String since = bob.now();
    bob.post(
            path("/v3/rooms/{}/read_markers", room),
            "{\"m.fully_read\": \"" + one + "\", \"m.read\": \"" + two + "\"}")
        .then()
        .statusCode(200);
    JsonPath sync = bob.sync(since);
    assertEquals(
        one,
        sync.getString(
            "rooms.join.'"
                + room
                + "'.account_data.events.find { it.type == 'm.fully_read' }"
                + ".content.event_id"));
    assertNotNull(receipt(sync, two, "m.read", bob));
    read(bob, "m.fully_read", two, "{}");
    bob.get(path("/v3/user/{}/rooms/{}/account_data/m.fully_read", bob.id(), room))
        .then()
        .statusCode(200)
        .body("event_id", equalTo(two));
    bob.post(path("/v3/rooms/{}/read_markers", room), "{\"m.fully_read\": \"$none\"}")
        .then()
        .statusCode(404);
    bob.post(path("/v3/rooms/{}/read_markers", room), "{\"m.read\": 1}")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_BAD_JSON"));
  }
}
