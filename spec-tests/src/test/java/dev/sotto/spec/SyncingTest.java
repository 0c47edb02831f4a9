package dev.sotto.spec;

import static dev.sotto.spec.harness.Http.path;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import io.restassured.path.json.JsonPath;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// @spec https://spec.matrix.org/v1.19/client-server-api/#syncing
class SyncingTest {
  private final User alice = Server.plain().register("alice");
  private final User bob = Server.plain().register("bob");

  private static String in(String section, String room, String rest) {
    return "rooms." + section + ".'" + room + "'." + rest;
  }

  private static List<String> ids(JsonPath sync, String section, String room) {
    return sync.getList(in(section, room, "timeline.events.event_id"));
  }

  private static String since(String since, String filter) {
    return path("since={}&filter={}", since, filter);
  }

  @Test
  void aFirstSyncShowsTheRoomWithItsState() {
    String room = alice.createRoomWith(bob);
    String said = alice.say(room, "hello");
    JsonPath sync = bob.sync();
    assertEquals(said, ids(sync, "join", room).getLast());
    assertEquals(2, sync.getInt(in("join", room, "summary.'m.joined_member_count'")));
    assertEquals(0, sync.getInt(in("join", room, "summary.'m.invited_member_count'")));
    assertEquals(List.of(alice.id()), sync.getList(in("join", room, "summary.'m.heroes'")));
    assertNotNull(sync.get("device_one_time_keys_count.signed_curve25519"));
    assertNotNull(sync.getList("device_unused_fallback_key_types"));
    assertNull(bob.sync(sync.getString("next_batch")).get("rooms"));
  }

  @Test
  void aWaitingSyncIsAnsweredByTheNews() throws Exception {
    String room = alice.createRoomWith(bob);
    String now = bob.now();
    CompletableFuture<JsonPath> waiting =
        CompletableFuture.supplyAsync(() -> bob.syncWith(path("timeout=50000&since={}", now)));
    String said = alice.say(room, "wake up");
    assertEquals(List.of(said), ids(waiting.get(), "join", room));
  }

  @Test
  void aGapIsFilledByPagingBack() {
    String room = alice.createRoomWith(bob);
    String now = bob.now();
    String topic = alice.setState(room, "m.room.topic", "{\"topic\": \"gaps\"}");
    String missed = alice.say(room, "missed");
    String first = alice.say(room, "first");
    String second = alice.say(room, "second");
    JsonPath sync = bob.syncWith(since(now, "{\"room\":{\"timeline\":{\"limit\":2}}}"));
    assertEquals(List.of(first, second), ids(sync, "join", room));
    assertTrue(sync.getBoolean(in("join", room, "timeline.limited")));
    assertEquals(List.of(topic), sync.getList(in("join", room, "state.events.event_id")));
    String prevBatch = sync.getString(in("join", room, "timeline.prev_batch"));
    assertEquals(
        List.of(missed, topic),
        bob.get(path("/v3/rooms/{}/messages?dir=b&from={}&to={}", room, prevBatch, now))
            .then()
            .statusCode(200)
            .extract()
            .jsonPath()
            .getList("chunk.event_id"));
    assertEquals(
        List.of(first, second),
        bob.get(path("/v3/rooms/{}/messages?dir=f&from={}", room, prevBatch))
            .then()
            .statusCode(200)
            .extract()
            .jsonPath()
            .getList("chunk.event_id"));
  }

  @Test
  void stateAfterHoldsTheStateAtTheEnd() {
    String room = alice.createRoomWith(bob);
    String now = bob.now();
    String topic = alice.setState(room, "m.room.topic", "{\"topic\": \"after\"}");
    String said = alice.say(room, "later");
    JsonPath stable = bob.syncWith(path("use_state_after=true&since={}", now));
    assertEquals(List.of(topic, said), ids(stable, "join", room));
    assertEquals(List.of(topic), stable.getList(in("join", room, "state_after.events.event_id")));
    assertNull(stable.get(in("join", room, "state")));
    JsonPath unstable = bob.syncWith(path("org.matrix.msc4222.use_state_after=true&since={}", now));
    assertEquals(
        List.of(topic),
        unstable.getList(in("join", room, "'org.matrix.msc4222.state_after'.events.event_id")));
    assertNull(unstable.get(in("join", room, "state")));
  }

  @Test
  void aRoomGoesFromInviteToJoinToLeave() {
    String room = alice.createRoom("{\"preset\": \"private_chat\", \"name\": \"Garden\"}");
    String before = bob.now();
    alice.invite(room, bob);
    JsonPath invited = bob.sync(before);
    assertEquals(
        "Garden",
        invited.getString(
            in("invite", room, "invite_state.events.find { it.type == 'm.room.name' }")
                + ".content.name"));
    assertNotNull(
        invited.get(in("invite", room, "invite_state.events.find { it.type == 'm.room.create' }")));
    assertNull(invited.get("rooms.join"));

    bob.join(room);
    JsonPath joined = bob.sync(invited.getString("next_batch"));
    assertNull(joined.get("rooms.invite"));
    assertNotNull(joined.get(in("join", room, "timeline.prev_batch")));
    assertEquals(
        List.of(alice.id()), joined.getList("device_lists.changed"), "Alice is new to Bob");

    bob.leave(room);
    String unseen = alice.say(room, "after you left");
    JsonPath left = bob.sync(joined.getString("next_batch"));
    assertFalse(ids(left, "leave", room).contains(unseen));
    assertEquals(1, ids(left, "leave", room).size());
    assertEquals(List.of(alice.id()), left.getList("device_lists.left"));
    assertNull(bob.sync(left.getString("next_batch")).get("rooms"));
    assertNull(bob.sync().get("rooms"));
    JsonPath all = bob.syncWith(path("filter={}", "{\"room\":{\"include_leave\":true}}"));
    assertFalse(ids(all, "leave", room).contains(unseen));
    assertFalse(ids(all, "leave", room).isEmpty());
  }

  @Test
  void whoTurnsAnInvitationDownSeesItLeave() {
    String room = alice.createRoom();
    alice.invite(room, bob);
    String now = bob.now();
    bob.leave(room);
    JsonPath sync = bob.sync(now);
    assertEquals(1, ids(sync, "leave", room).size());
    assertEquals(List.of(), sync.getList(in("leave", room, "state.events")));
  }

  @Test
  void knockingShowsTheRoomToTheKnocker() {
    String room =
        alice.createRoom(
            """
            {
              "initial_state": [
                {"type": "m.room.join_rules", "state_key": "", "content": {"join_rule": "knock"}}
              ]
            }
            """);
    String now = bob.now();
    bob.post(path("/v3/knock/{}", room), "{}").then().statusCode(200);
    assertNotNull(
        bob.sync(now)
            .get(in("knock", room, "knock_state.events.find { it.type == 'm.room.create' }")));
  }

  @Test
  void membersAreLoadedLazilyAndOnce() {
    User carol = Server.plain().register("carol");
    String room = alice.createRoomWith(bob, carol);
    alice.setState(room, "m.room.name", "{\"name\": \"Lazy\"}");
    alice.say(room, "hello");
    String filter =
        "{\"room\":{\"state\":{\"lazy_load_members\":true},\"timeline\":{\"limit\":1}}}";
    JsonPath first = bob.syncWith(path("filter={}", filter));
    String members = "state.events.findAll { it.type == 'm.room.member' }.state_key";
    List<String> shown = first.getList(in("join", room, members));
    assertTrue(shown.contains(alice.id()));
    assertTrue(shown.contains(bob.id()));
    assertFalse(shown.contains(carol.id()));

    carol.say(room, "me too");
    JsonPath second = bob.syncWith(since(first.getString("next_batch"), filter));
    assertEquals(List.of(carol.id()), second.getList(in("join", room, members)));
    carol.say(room, "again");
    JsonPath third = bob.syncWith(since(second.getString("next_batch"), filter));
    assertEquals(List.of(), third.getList(in("join", room, members)));
  }

  @Test
  void aStoredFilterAndEventFieldsAreHeeded() {
    String room = alice.createRoomWith(bob);
    String said = alice.say(room, "short");
    String filter =
        bob.post(
                path("/v3/user/{}/filter", bob.id()),
                """
                {
                  "event_fields": ["type", "event_id", "content.body"],
                  "room": {
                    "timeline": {"types": ["m.room.message"]},
                    "state": {"types": []}
                  },
                  "presence": {"types": []}
                }
                """)
            .then()
            .statusCode(200)
            .extract()
            .path("filter_id");
    JsonPath sync = bob.syncWith(path("filter={}", filter));
    assertEquals(
        List.of(
            Map.of("type", "m.room.message", "event_id", said, "content", Map.of("body", "short"))),
        sync.getList(in("join", room, "timeline.events")));
    assertEquals(List.of(), sync.getList(in("join", room, "state.events")));
    assertNull(sync.get("presence"));
  }

  @Test
  void fullStateComesAlthoughNothingChanged() {
    String room = alice.createRoomWith(bob);
    String now = bob.now();
    JsonPath sync = bob.syncWith(path("full_state=true&timeout=50000&since={}", now));
    List<String> types = sync.getList(in("join", room, "state.events.type"));
    assertTrue(types.contains("m.room.create"));
    assertEquals(List.of(), ids(sync, "join", room));
  }

  @Test
  void onlyTheSendingDeviceSeesItsTransactionId() {
    String room = alice.createRoomWith(bob);
    String now = alice.now();
    User elsewhere = alice.onAnotherDevice();
    alice.say(room, "mine");
    String txn = in("join", room, "timeline.events[0].unsigned.transaction_id");
    assertNotNull(alice.sync(now).get(txn));
    assertNull(elsewhere.sync(now).get(txn));
    assertNull(bob.sync(now).get(txn));
  }

  @Test
  void ignoredUsersAreNotHeard() {
    String room = alice.createRoomWith(bob);
    bob.put(
            path("/v3/user/{}/account_data/m.ignored_user_list", bob.id()),
            "{\"ignored_users\": {\"" + alice.id() + "\": {}}}")
        .then()
        .statusCode(200);
    String now = bob.now();
    alice.say(room, "unheard");
    alice.invite(alice.createRoom(), bob);
    assertNull(bob.sync(now).get("rooms"));
  }

  @Test
  void aGuestMaySync() {
    String token =
        Server.plain()
            .anonymously()
            .post("/v3/register?kind=guest", "{}")
            .then()
            .statusCode(200)
            .extract()
            .path("access_token");
    Server.plain().withToken(token).get("/v3/sync").then().statusCode(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "since=nonsense",
        "since=s",
        "since=s-1",
        "since=s1_2_3_4_5",
        "since=%00",
        "timeout=soon",
        "timeout=-1",
        "full_state=perhaps",
        "use_state_after=1",
        "set_presence=asleep"
      })
  void nonsenseIsRefused(String query) {
    bob.get("/v3/sync?" + query).then().statusCode(400).body("errcode", equalTo("M_INVALID_PARAM"));
  }

  @Test
  void aFilterThatIsNoneIsRefused() {
    bob.get(path("/v3/sync?filter={}", "{\"room\":"))
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_NOT_JSON"));
    bob.get(path("/v3/sync?filter={}", "{\"room\":1}"))
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_BAD_JSON"));
    Server.plain()
        .anonymously()
        .get("/v3/sync")
        .then()
        .statusCode(401)
        .body("errcode", equalTo("M_MISSING_TOKEN"));
  }

  @Test
  void aTokenFromBeyondTheEndStartsAnew() {
    String room = alice.createRoomWith(bob);
    assertNotNull(bob.sync("s900000000_1_1").get(in("join", room, "timeline")));
  }
}
