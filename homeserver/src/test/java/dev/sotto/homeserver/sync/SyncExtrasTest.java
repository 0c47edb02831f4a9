package dev.sotto.homeserver.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.homeserver.presence.PresenceState;
import dev.sotto.homeserver.receipts.ReceiptType;
import dev.sotto.homeserver.rooms.Room;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What comes beside events: typing, receipts, account data, presence.
class SyncExtrasTest {
  private static final UserId ALICE = World.user("alice");
  private static final UserId BOB = World.user("bob");

  private final World world = new World();
  private final Client bob = new Client(world, BOB, "B");

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void whoTypesIsShownUntilTheyStop() {
    Room room = world.room(ALICE, BOB);
    bob.sync();
    world.typing.start(ALICE, room.id(), null);
    assertEquals("{\"user_ids\":[\"@alice:example.org\"]}", content(bob.sync(), room).toString());
    assertFalse(bob.sync().has("rooms"));
    world.typing.stop(ALICE, room.id());
    assertEquals("{\"user_ids\":[]}", content(bob.sync(), room).toString());
  }

  private static JsonNode content(ObjectNode answer, Room room) {
    return Client.room(answer, "join", room)
        .path("ephemeral")
        .path("events")
        .path(0)
        .path("content");
  }

  @Test
  void receiptsComeAtFirstAndWhenTheyMove() {
    Room room = world.room(ALICE, BOB);
    EventId one = world.say(room, ALICE, "one");
    EventId two = world.say(room, ALICE, "two");
    world.receipts.send(ALICE, room.id(), ReceiptType.READ, one, null);
    assertTrue(content(bob.sync(), room).has(one.value()));
    world.receipts.send(ALICE, room.id(), ReceiptType.READ, two, null);
    JsonNode moved = content(bob.sync(), room);
    assertTrue(moved.path(two.value()).path("m.read").has(ALICE.value()));
    assertFalse(moved.has(one.value()));

    world.receipts.send(ALICE, room.id(), ReceiptType.READ_PRIVATE, two, null);
    assertFalse(bob.sync().has("rooms"));
  }

  @Test
  void accountDataComesGlobalAndByRoom() {
    Room room = world.room(ALICE, BOB);
    world.accountData.set(BOB, "org.example.one", Json.object().put("a", 1));
    world.accountData.set(BOB, room.id(), "org.example.two", Json.object().put("b", 2));
    ObjectNode first = bob.sync();
    assertEquals(Set.of("m.push_rules", "org.example.one"), Set.copyOf(types(first)));
    assertEquals(
        2,
        Client.room(first, "join", room)
            .path("account_data")
            .path("events")
            .path(0)
            .path("content")
            .path("b")
            .asInt());
    assertFalse(bob.sync().has("account_data"));
    world.accountData.set(BOB, "org.example.three", Json.object());
    assertEquals(List.of("org.example.three"), types(bob.sync()));
    bob.filter = "{\"account_data\":{\"not_types\":[\"org.example.*\"]}}";
    world.accountData.set(BOB, "org.example.three", Json.object().put("c", 3));
    assertFalse(bob.sync().has("account_data"));
  }

  private static List<String> types(ObjectNode answer) {
    return answer
        .path("account_data")
        .path("events")
        .valueStream()
        .map(event -> event.path("type").asString())
        .toList();
  }

  @Test
  void aRoomJoinedAnewComesWithWhatIsKeptOfIt() {
    Room room = world.room(ALICE, BOB);
    EventId one = world.say(room, ALICE, "one");
    world.receipts.send(ALICE, room.id(), ReceiptType.READ, one, null);
    world.accountData.set(BOB, room.id(), "m.tag", Json.object());
    world.leave(room, BOB);
    bob.sync();
    world.join(room, BOB);
    JsonNode shown = Client.room(bob.sync(), "join", room);
    assertEquals(1, shown.path("account_data").path("events").size());
    assertEquals(1, shown.path("ephemeral").path("events").size());
  }

  @Test
  void ignoredUsersAreNotHeardButWhatTheySetIs() {
    Room room = world.room(ALICE, BOB);
    bob.sync();
    world.accountData.set(
        BOB,
        "m.ignored_user_list",
        Json.parseObject("{\"ignored_users\":{\"@alice:example.org\":{}}}"));
    bob.sync();
    world.say(room, ALICE, "unheard");
    assertFalse(bob.sync().has("rooms"));
    EventId topic = world.topic(room, ALICE, "seen");
    JsonNode shown = Client.room(bob.sync(), "join", room);
    assertEquals(List.of(topic.value()), Client.ids(shown.path("timeline").path("events")));

    Room other = world.room(ALICE);
    world.members.invite(other, ALICE, BOB, null);
    assertTrue(Client.room(bob.sync(), "invite", other).isMissingNode());
  }

  @Test
  void presenceIsToldToThoseWhoMeet() {
    Room room = world.room(ALICE);
    world.presence.syncing(ALICE, null, PresenceState.ONLINE, Duration.ZERO);
    bob.sync();
    assertFalse(bob.sync().has("presence"));
    world.join(room, BOB);
    JsonNode presence = bob.sync().path("presence").path("events");
    assertEquals(ALICE.value(), presence.path(0).path("sender").asString());
    assertFalse(bob.sync().has("presence"));
    world.presence.set(ALICE, null, PresenceState.UNAVAILABLE, "away");
    assertEquals(
        "unavailable",
        bob.sync()
            .path("presence")
            .path("events")
            .path(0)
            .path("content")
            .path("presence")
            .asString());
  }

  @Test
  void whatIsUnreadIsCountedUntilItIsRead() {
    Room room = world.room(ALICE, BOB);
    bob.sync();
    world.say(room, ALICE, "one");
    EventId two = world.say(room, ALICE, "two");
    assertEquals(2, count(bob.sync(), room).path("notification_count").asInt());
    world.receipts.send(BOB, room.id(), ReceiptType.READ_PRIVATE, two, null);
    bob.filter = "{\"room\":{\"ephemeral\":{\"types\":[]}}}";
    assertEquals(0, count(bob.sync(), room).path("notification_count").asInt(-1));
    assertFalse(bob.sync().has("rooms"));
  }

  private static JsonNode count(ObjectNode answer, Room room) {
    return Client.room(answer, "join", room).path("unread_notifications");
  }
}
