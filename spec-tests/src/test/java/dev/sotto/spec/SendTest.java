package dev.sotto.spec;

import static dev.sotto.spec.RoomCalls.assertForbidden;
import static dev.sotto.spec.RoomCalls.assertOk;
import static dev.sotto.spec.RoomCalls.assertRefused;
import static dev.sotto.spec.RoomCalls.event;
import static dev.sotto.spec.RoomCalls.messages;
import static dev.sotto.spec.RoomCalls.reaction;
import static dev.sotto.spec.RoomCalls.redact;
import static dev.sotto.spec.RoomCalls.relating;
import static dev.sotto.spec.harness.Http.path;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// @spec https://spec.matrix.org/v1.19/client-server-api/#sending-events-to-a-room
class SendTest {
  private static final String HELLO = "{\"msgtype\": \"m.text\", \"body\": \"hello\"}";

  private static final String ONLY_MESSAGES =
      path("filter={}", "{\"types\": [\"m.room.message\"]}");

  private final Server server = Server.plain();
  private final User alice = server.register("alice");
  private final User bob = server.register("bob");

  private static Response send(User user, String room, String txnId, String content) {
    return user.put(path("/v3/rooms/{}/send/m.room.message/{}", room, txnId), content);
  }

  private static String sent(User user, String room, String txnId, String content) {
    return send(user, room, txnId, content).then().statusCode(200).extract().path("event_id");
  }

  @Test
  void sentEventIsReadAsItWasSent() {
    String room = alice.createRoomWith(bob);
    String id =
        alice.send(room, "m.room.message", "{\"body\": \"grün 🌱\", \"n\": -9007199254740991}");
    JsonPath event = event(bob, room, id);
    assertEquals(id, event.getString("event_id"));
    assertEquals(room, event.getString("room_id"));
    assertEquals(alice.id(), event.getString("sender"));
    assertEquals("m.room.message", event.getString("type"));
    assertEquals("grün 🌱", event.getString("content.body"));
    assertEquals(-9007199254740991L, event.getLong("content.n"));
    assertThat(event.getInt("unsigned.age"), greaterThanOrEqualTo(0));
    assertNull(event.get("state_key"));
  }

  @Test
  void repeatedSendIsTheSameEvent() {
    String room = alice.createRoom();
    String first = sent(alice, room, "once", HELLO);
    assertEquals(first, sent(alice, room, "once", "{\"body\": \"something else\"}"));
    assertThat(messages(alice, room, "dir=b&" + ONLY_MESSAGES).getList("chunk"), hasSize(1));
    assertNotEquals(first, sent(alice, room, "twice", HELLO));
  }

  @Test
  void transactionIdsBelongToADeviceARoomAndAType() {
    String room = alice.createRoom();
    String first = sent(alice, room, "t", HELLO);
    assertNotEquals(first, sent(alice.onAnotherDevice(), room, "t", HELLO));
    assertNotEquals(first, sent(alice, alice.createRoom(), "t", HELLO));
    alice
        .put(path("/v3/rooms/{}/send/org.example.other/t", room), HELLO)
        .then()
        .statusCode(200)
        .body("event_id", not(equalTo(first)));
  }

  @Test
  void transactionIdIsShownToTheSendingDeviceAlone() {
    String room = alice.createRoomWith(bob);
    String id = sent(alice, room, "mine", HELLO);
    assertEquals("mine", event(alice, room, id).getString("unsigned.transaction_id"));
    assertNull(event(alice.onAnotherDevice(), room, id).get("unsigned.transaction_id"));
    assertNull(event(bob, room, id).get("unsigned.transaction_id"));
  }

  @Test
  void repeatedSendIsKnownAfterARestart() {
    try (Server own = Server.start(Map.of())) {
      User carol = own.register("carol");
      String room = carol.createRoom();
      String event = sent(carol, room, "before", HELLO);
      String other = carol.say(room, "in between");
      own.kill();
      own.startAgain();
      assertEquals(event, sent(carol, room, "before", HELLO));
      assertEquals("before", event(carol, room, event).getString("unsigned.transaction_id"));
      assertThat(
          messages(carol, room, "dir=b&limit=2").getList("chunk.event_id"),
          equalTo(List.of(other, event)));
    }
  }

  @Test
  void oneOfManySimultaneousRepetitionsIsSent() throws Exception {
    String room = alice.createRoom();
    List<String> ids = inParallel(12, _ -> sent(alice, room, "race", HELLO));
    assertThat(new HashSet<>(ids), hasSize(1));
    assertThat(messages(alice, room, "dir=b&" + ONLY_MESSAGES).getList("chunk"), hasSize(1));
  }

  @Test
  void eventsOfManySendersAreAllThereOnce() throws Exception {
    String room = alice.createRoomWith(bob);
    List<String> ids = inParallel(60, n -> (n % 2 == 0 ? alice : bob).say(room, "number " + n));
    assertThat(new HashSet<>(ids), hasSize(60));
    List<String> read =
        messages(alice, room, "dir=f&limit=200&" + ONLY_MESSAGES).getList("chunk.event_id");
    assertThat(read, hasSize(60));
    assertEquals(new HashSet<>(ids), new HashSet<>(read));
  }

  private interface Numbered<T> {
    T call(int number);
  }

  private static <T> List<T> inParallel(int times, Numbered<T> call)
      throws InterruptedException, ExecutionException {
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Callable<T>> calls =
          IntStream.range(0, times).<Callable<T>>mapToObj(n -> () -> call.call(n)).toList();
      List<T> results = new ArrayList<>();
      for (Future<T> result : threads.invokeAll(calls)) {
        results.add(result.get());
      }
      return results;
    }
  }

  @Test
  void onlyMembersSend() {
    String room = alice.createRoom(RoomCalls.PUBLIC);
    assertForbidden(bob.trySend(room, "m.room.message", HELLO));
    bob.join(room);
    assertOk(bob.trySend(room, "m.room.message", HELLO));
    bob.leave(room);
    assertForbidden(bob.trySend(room, "m.room.message", HELLO));
  }

  @Test
  void powerLevelsDecideWhoSendsWhat() {
    String room =
        alice.createRoom(
            """
            {"preset": "public_chat", "power_level_content_override":
              {"events_default": 10, "events": {"org.example.free": 0, "m.reaction": 60}}}
            """);
    bob.join(room);
    assertForbidden(bob.trySend(room, "m.room.message", HELLO));
    assertOk(bob.trySend(room, "org.example.free", "{}"));
    assertForbidden(bob.trySend(room, "m.reaction", "{}"));
    assertOk(alice.trySend(room, "m.reaction", "{}"));
  }

  @Test
  void whatMustBeStateCannotBeSentAsMessage() {
    String room = alice.createRoom();
    assertForbidden(alice.trySend(room, "m.room.member", "{\"membership\": \"leave\"}"));
    assertRefused(alice.trySend(room, "m.room.create", "{}"), 400, "M_BAD_JSON");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"n\": 1.5}",
        "{\"n\": 1e3}",
        "{\"n\": -0.0}",
        "{\"n\": 9007199254740992}",
        "{\"n\": -9007199254740992}",
        "{\"n\": 123456789012345678901234567890}",
        "{\"deep\": {\"er\": [0.1]}}",
        "{\"s\": \"\\ud800\"}",
        "[]",
        "\"text\"",
        "{\"a\": 1, \"a\": 2}"
      })
  void contentWithoutCanonicalFormIsBadJson(String content) {
    assertRefused(alice.trySend(alice.createRoom(), "m.room.message", content), 400, "M_BAD_JSON");
  }

  @Test
  void eventsHaveALimit() {
    String room = alice.createRoom();
    assertOk(alice.trySend(room, "m.x", "{\"a\": \"" + "x".repeat(64_000) + "\"}"));
    assertRefused(
        alice.trySend(room, "m.x", "{\"a\": \"" + "x".repeat(65_536) + "\"}"), 413, "M_TOO_LARGE");
    // Each takes three bytes of UTF-8.
    assertRefused(
        alice.trySend(room, "m.x", "{\"a\": \"" + "€".repeat(22_000) + "\"}"), 413, "M_TOO_LARGE");
    assertRefused(alice.trySend(room, "t".repeat(256), "{}"), 413, "M_TOO_LARGE");
    assertOk(alice.trySend(room, "t".repeat(255), "{}"));
    assertRefused(
        alice.put(path("/v3/rooms/{}/send/m.x/{}", room, "t".repeat(256)), "{}"),
        400,
        "M_INVALID_PARAM");
  }

  @Test
  void reactionIsGivenOnceUntilItIsTakenBack() {
    String room = alice.createRoomWith(bob);
    String target = alice.say(room, "react to this");
    String first = bob.send(room, "m.reaction", reaction(target, "👍"));
    assertRefused(
        bob.trySend(room, "m.reaction", reaction(target, "👍")), 400, "M_DUPLICATE_ANNOTATION");
    assertOk(bob.trySend(room, "m.reaction", reaction(target, "👎")));
    assertOk(alice.trySend(room, "m.reaction", reaction(target, "👍")));
    redact(bob, room, first);
    assertOk(bob.trySend(room, "m.reaction", reaction(target, "👍")));
  }

  @Test
  void eventsRelateOnlyToEventsOfTheirRoom() {
    String room = alice.createRoom();
    String elsewhere = alice.say(alice.createRoom(), "elsewhere");
    assertRefused(
        alice.trySend(room, "m.room.message", relating("m.reference", "$nothing")),
        400,
        "M_UNKNOWN");
    assertRefused(
        alice.trySend(room, "m.room.message", relating("m.reference", elsewhere)),
        400,
        "M_UNKNOWN");
  }
}
