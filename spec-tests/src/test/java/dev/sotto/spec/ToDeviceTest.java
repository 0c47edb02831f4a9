package dev.sotto.spec;

import static dev.sotto.spec.harness.Http.path;
import static dev.sotto.spec.harness.SigningKey.json;
import static org.hamcrest.Matchers.anEmptyMap;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// @spec https://spec.matrix.org/v1.19/client-server-api/#send-to-device-messaging
class ToDeviceTest {
  private static final String TYPE = "dev.sotto.test";

  private final Server server = Server.plain();
  private final User alice = server.register("alice");
  private final User bob = server.register("bob");

  private static Response send(
      User from, String txnId, Map<String, ? extends Map<String, ?>> messages) {
    return from.put(
        path("/v3/sendToDevice/{}/{}", TYPE, txnId), json(Map.of("messages", messages)));
  }

  private static void say(User from, String txnId, User to, String text) {
    send(from, txnId, Map.of(to.id(), Map.of(to.deviceId(), Map.of("text", text))))
        .then()
        .statusCode(200)
        .body("$", anEmptyMap());
  }

  private static List<String> texts(JsonPath sync) {
    return Objects.requireNonNullElse(
        sync.<List<String>>get("to_device.events.content.text"), List.of());
  }

  @Test
  void whoSendsTooOftenIsToldToWait() {
    try (Server limited =
        Server.start(
            Map.of(
                "SOTTO_LIMITS_ENABLED",
                "true",
                "SOTTO_LIMITS_TO_DEVICE_BURST",
                "3",
                "SOTTO_LIMITS_TO_DEVICE_PER_SECOND",
                "0.001"))) {
      User carol = limited.register("carol");
      for (int i = 0; i < 3; i++) {
        say(carol, "t" + i, carol, "hello");
      }
      send(carol, "t3", Map.of())
          .then()
          .statusCode(429)
          .body("errcode", equalTo("M_LIMIT_EXCEEDED"))
          .body("retry_after_ms", notNullValue())
          .header("Retry-After", notNullValue());
    }
  }

  @Test
  void aMessageComesWithTheNextSync() {
    String since = bob.now();
    say(alice, "1", bob, "hello");
    assertEquals(
        List.of(Map.of("sender", alice.id(), "type", TYPE, "content", Map.of("text", "hello"))),
        bob.sync(since).get("to_device.events"));
    assertEquals(List.of("hello"), texts(bob.sync()));
  }

  @Test
  void aWaitingSyncIsAnsweredAtOnce() throws Exception {
    String since = bob.now();
    Thread sender = Thread.ofVirtual().start(() -> say(alice, "1", bob, "hello"));
    long start = System.nanoTime();
    assertEquals(List.of("hello"), texts(bob.syncWith(path("timeout=30000&since={}", since))));
    assertTrue(System.nanoTime() - start < 20_000_000_000L);
    sender.join();
  }

  @Test
  void aMessageIsKeptUntilTheDeviceHasSyncedPastIt() {
    String since = bob.now();
    say(alice, "1", bob, "one");
    JsonPath first = bob.sync(since);
    assertEquals(List.of("one"), texts(first));
    // The answer may have been lost on its way: asked again, it comes again.
    assertEquals(List.of("one"), texts(bob.sync(since)));
    assertEquals(List.of(), texts(bob.sync(first.getString("next_batch"))));
    say(alice, "2", bob, "two");
    assertEquals(List.of("two"), texts(bob.sync(first.getString("next_batch"))));
    assertEquals(List.of("two"), texts(bob.sync(since)));
  }

  @Test
  void aRepeatedTransactionChangesNothing() {
    String since = bob.now();
    say(alice, "same", bob, "once");
    say(alice, "same", bob, "once");
    say(alice.onAnotherDevice(), "same", bob, "from another device");
    assertEquals(List.of("once", "from another device"), texts(bob.sync(since)));
  }

  @Test
  void aStarIsForAllDevices() {
    User laptop = bob.onAnotherDevice();
    send(alice, "1", Map.of(bob.id(), Map.of("*", Map.of("text", "all")))).then().statusCode(200);
    assertEquals(List.of("all"), texts(bob.sync()));
    assertEquals(List.of("all"), texts(laptop.sync()));
    assertEquals(List.of(), texts(alice.sync()));
  }

  @Test
  void aNewDeviceDoesNotGetWhatWasSentBefore() {
    say(alice, "1", bob, "for one device");
    assertEquals(List.of(), texts(bob.onAnotherDevice().sync()));
  }

  @Test
  void aLongQueueComesInPartsInOrder() {
    List<String> sent = IntStream.range(0, 250).mapToObj(i -> "m" + i).toList();
    for (String text : sent) {
      say(alice, text, bob, text);
    }
    List<String> received = new ArrayList<>();
    String since = null;
    for (int parts = 0; parts < 10 && received.size() < sent.size(); parts++) {
      JsonPath sync = since == null ? bob.sync() : bob.sync(since);
      List<String> part = texts(sync);
      assertTrue(part.size() <= 100, "a part of " + part.size());
      received.addAll(part);
      since = sync.getString("next_batch");
    }
    assertEquals(sent, received);
    assertEquals(List.of(), texts(bob.sync(Objects.requireNonNull(since))));
  }

  @Test
  void messagesForNobodyAreAcceptedAndLost() {
    send(
            alice,
            "1",
            Map.of(
                bob.id(),
                Map.of("NOSUCHDEVICE", Map.of("text", "lost")),
                "@nobody:unreachable.example",
                Map.of("*", Map.of("text", "lost"))))
        .then()
        .statusCode(200);
    assertEquals(List.of(), texts(bob.sync()));
  }

  @Test
  void badRequestsAreRefused() {
    String address = path("/v3/sendToDevice/{}/{}", TYPE, "1");
    alice.put(address, "{}").then().statusCode(400).body("errcode", equalTo("M_MISSING_PARAM"));
    for (String messages :
        List.of("5", "{\"@a:b.example\": 5}", "{\"@a:b.example\": {\"D\": \"text\"}}")) {
      alice
          .put(address, "{\"messages\": " + messages + "}")
          .then()
          .statusCode(400)
          .body("errcode", equalTo("M_BAD_JSON"));
    }
    alice
        .put(address, "{\"messages\": {\"no user\": {}}}")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_INVALID_PARAM"));
    send(alice, "1", Map.of(bob.id(), Map.of("*", Map.of("text", "x".repeat(70_000)))))
        .then()
        .statusCode(413)
        .body("errcode", equalTo("M_TOO_LARGE"));
    server
        .anonymously()
        .put(address, "{\"messages\": {}}")
        .then()
        .statusCode(401)
        .body("errcode", equalTo("M_MISSING_TOKEN"));
    assertEquals(List.of(), texts(bob.sync()));
  }

  @Test
  void acknowledgedMessagesAndTransactionsSurviveAKill() {
    try (Server own = Server.start(Map.of())) {
      User carol = own.register("carol");
      User dave = own.register("dave");
      String since = dave.now();
      say(carol, "1", dave, "before");
      own.kill();
      own.startAgain();
      say(carol, "1", dave, "before");
      say(carol, "2", dave, "after");
      assertEquals(List.of("before", "after"), texts(dave.sync(since)));
    }
  }
}
