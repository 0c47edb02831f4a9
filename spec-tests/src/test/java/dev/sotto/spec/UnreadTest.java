package dev.sotto.spec;

import static dev.sotto.spec.harness.Http.path;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import io.restassured.path.json.JsonPath;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// @spec https://spec.matrix.org/v1.19/client-server-api/#receiving-notifications
class UnreadTest {
  private static final String THREADS =
      "{\"room\": {\"timeline\": {\"unread_thread_notifications\": true}}}";

  private final User alice = Server.plain().register("alice");
  private final User bob = Server.plain().register("bob");
  private final String room = alice.createRoomWith(bob);

  private static String in(String room) {
    return "rooms.join.'" + room + "'.";
  }

  private Object counts(JsonPath sync) {
    return sync.get(in(room) + "unread_notifications");
  }

  private static Map<String, Integer> count(int notifications, int highlights) {
    return Map.of("notification_count", notifications, "highlight_count", highlights);
  }

  private void read(User user, String type, String event, String body) {
    user.post(path("/v3/rooms/{}/receipt/{}/{}", room, type, event), body).then().statusCode(200);
  }

  private String mention(User sender, User mentioned) {
    return sender.send(
        room,
        "m.room.message",
        """
        {"msgtype": "m.text", "body": "you", "m.mentions": {"user_ids": ["%s"]}}
        """
            .formatted(mentioned.id()));
  }

  private String reply(User sender, String root) {
    return sender.send(
        room,
        "m.room.message",
        """
        {"msgtype": "m.text", "body": "x",
         "m.relates_to": {"rel_type": "m.thread", "event_id": "%s"}}
        """
            .formatted(root));
  }

  @Test
  void countsComeWithTheEventAndGoWithTheReceipt() {
    assertEquals(count(0, 0), counts(bob.sync()));
    String since = bob.now();
    alice.say(room, "one");
    JsonPath sync = bob.sync(since);
    assertEquals(1, sync.getList(in(room) + "timeline.events").size());
    assertEquals(count(1, 0), counts(sync));
    String last = mention(alice, bob);
    sync = bob.sync(sync.getString("next_batch"));
    assertEquals(count(2, 1), counts(sync));
    read(bob, "m.read", last, "{}");
    assertEquals(count(0, 0), counts(bob.sync(sync.getString("next_batch"))));
    assertEquals(count(0, 0), counts(bob.sync()));
  }

  @Test
  void aPrivateReceiptClearsTheCountAsWell() {
    String event = alice.say(room, "one");
    String since = bob.now();
    read(bob, "m.read.private", event, "{}");
    assertEquals(count(0, 0), counts(bob.sync(since)));
  }

  @Test
  void ownMessagesDoNotCountAndReadWhatIsAbove() {
    alice.say(room, "one");
    bob.say(room, "two");
    assertEquals(count(0, 0), counts(bob.sync()));
    assertEquals(count(1, 0), counts(alice.sync()));
  }

  @Test
  void mutedRoomsDoNotCount() {
    alice.say(room, "one");
    bob.put(path("/v3/pushrules/global/room/{}", room), "{\"actions\": []}").then().statusCode(200);
    assertEquals(count(0, 0), counts(bob.sync()));
  }

  @Test
  void threadsAreCountedByThemselvesForWhoAsks() {
    String root = alice.say(room, "root");
    String first = reply(alice, root);
    reply(alice, root);
    assertEquals(count(3, 0), counts(bob.sync()));

    JsonPath sync = bob.syncWith(path("timeout=0&filter={}", THREADS));
    assertEquals(count(1, 0), counts(sync));
    assertEquals(Map.of(root, count(2, 0)), sync.get(in(room) + "unread_thread_notifications"));

    read(bob, "m.read", root, "{\"thread_id\": \"main\"}");
    read(bob, "m.read", first, "{\"thread_id\": \"" + root + "\"}");
    sync = bob.syncWith(path("timeout=0&filter={}", THREADS));
    assertEquals(count(0, 0), counts(sync));
    assertEquals(Map.of(root, count(1, 0)), sync.get(in(room) + "unread_thread_notifications"));
  }

  @Test
  void encryptedMessagesCountToo() {
    alice.sendEncrypted(room);
    assertEquals(count(1, 0), counts(bob.sync()));
  }

  @Test
  void notificationsAreListedNewestFirst() {
    String one = alice.say(room, "one");
    String two = mention(alice, bob);
    String three = alice.say(room, "three");
    read(bob, "m.read", one, "{}");
    JsonPath page =
        bob.get("/v3/notifications?limit=2")
            .then()
            .statusCode(200)
            .body("notifications.event.event_id", contains(three, two))
            .body("notifications.read", contains(false, false))
            .body("notifications[0].room_id", equalTo(room))
            .body("notifications[0].actions[0]", equalTo("notify"))
            .body("notifications[0].event.content.body", equalTo("three"))
            .body("notifications[0].event.room_id", nullValue())
            .extract()
            .jsonPath();
    bob.get(path("/v3/notifications?limit=2&from={}", page.getString("next_token")))
        .then()
        .statusCode(200)
        .body("notifications.event.event_id", contains(one))
        .body("notifications.read", contains(true))
        .body("next_token", nullValue());
    bob.get("/v3/notifications?only=highlight")
        .then()
        .body("notifications.event.event_id", contains(two));
    bob.get("/v3/notifications?from=nonsense")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_INVALID_PARAM"));
  }
}
