package dev.sotto.spec;

import static dev.sotto.spec.RoomCalls.assertForbidden;
import static dev.sotto.spec.RoomCalls.assertOk;
import static dev.sotto.spec.RoomCalls.assertRefused;
import static dev.sotto.spec.RoomCalls.edit;
import static dev.sotto.spec.RoomCalls.event;
import static dev.sotto.spec.RoomCalls.getMessages;
import static dev.sotto.spec.RoomCalls.messages;
import static dev.sotto.spec.RoomCalls.reaction;
import static dev.sotto.spec.RoomCalls.sayInThread;
import static dev.sotto.spec.harness.Http.path;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import io.restassured.path.json.JsonPath;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// @spec https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3roomsroomidmessages
class MessagesTest {
  private final Server server = Server.plain();
  private final User alice = server.register("alice");
  private final User bob = server.register("bob");

  private static String filter(String json) {
    return path("&filter={}", json);
  }

  private static List<String> say(User user, String room, int count) {
    return IntStream.range(0, count).mapToObj(n -> user.say(room, "number " + n)).toList();
  }

  /// Every event from here on, page by page.
  private static List<String> all(User user, String room, String dir, int limit, String more) {
    List<String> ids = new ArrayList<>();
    String from = "";
    for (int pages = 0; pages < 100; pages++) {
      JsonPath page = messages(user, room, "dir=" + dir + "&limit=" + limit + from + more);
      ids.addAll(page.getList("chunk.event_id"));
      if (page.get("end") == null) {
        return ids;
      }
      from = "&from=" + page.getString("end");
    }
    throw new AssertionError("no end after 100 pages");
  }

  @Test
  void historyIsTheSameInBothDirectionsWhateverThePages() {
    String room = alice.createRoomWith(bob);
    List<String> said = say(alice, room, 70);
    List<String> back = all(alice, room, "b", 7, "");
    assertEquals(said, back.subList(0, 70).reversed());
    assertEquals(back.reversed(), all(alice, room, "f", 11, ""));
    assertEquals(back, all(alice, room, "b", 1000, ""));
    assertEquals("m.room.create", event(alice, room, back.getLast()).getString("type"));
  }

  @Test
  void tenEventsComeWhereNoLimitIsGiven() {
    String room = alice.createRoom();
    say(alice, room, 15);
    assertThat(messages(alice, room, "dir=b").getList("chunk"), hasSize(10));
    assertThat(messages(alice, room, "dir=b&limit=100000").getList("chunk"), hasSize(21));
  }

  @Test
  void pageStartsWhereItWasAskedToAndStopsAtTo() {
    String room = alice.createRoom();
    List<String> first = say(alice, room, 3);
    String middle = alice.now();
    List<String> second = say(alice, room, 3);
    String end = alice.now();
    JsonPath back = messages(alice, room, "dir=b&limit=3&from=" + middle);
    assertEquals(middle, back.getString("start"));
    assertEquals(first.reversed(), back.getList("chunk.event_id"));
    JsonPath onward = messages(alice, room, "dir=f&from=" + middle + "&to=" + end);
    assertEquals(second, onward.getList("chunk.event_id"));
    assertNull(onward.get("end"));
    assertEquals(
        second.reversed(),
        messages(alice, room, "dir=b&from=" + end + "&to=" + middle).getList("chunk.event_id"));
    assertNotNull(messages(alice, room, "dir=b").getString("start"));
  }

  @Test
  void gapInASyncIsFilledFromItsToken() {
    String room = alice.createRoomWith(bob);
    String since = bob.now();
    List<String> said = say(alice, room, 30);
    JsonPath sync =
        bob.syncWith(
            path(
                "timeout=0&since={}&filter={}",
                since,
                "{\"room\": {\"timeline\": {\"limit\": 5}}}"));
    String timeline = "rooms.join.'" + room + "'.timeline";
    assertEquals(said.subList(25, 30), sync.getList(timeline + ".events.event_id"));
    JsonPath gap =
        messages(
            bob,
            room,
            path("dir=b&limit=100&from={}&to={}", sync.getString(timeline + ".prev_batch"), since));
    assertEquals(said.subList(0, 25).reversed(), gap.getList("chunk.event_id"));
  }

  @Test
  void filterChoosesByTypeSenderAndUrl() {
    String room = alice.createRoomWith(bob);
    String hers = alice.say(room, "hers");
    String his = bob.say(room, "his");
    String picture =
        alice.send(
            room,
            "m.room.message",
            "{\"msgtype\": \"m.image\", \"body\": \"p\", \"url\": \"mxc://localhost/p\"}");
    String only = "{\"types\": [\"m.room.message\"]}";
    assertEquals(List.of(picture, his, hers), all(alice, room, "b", 2, filter(only)));
    assertEquals(
        List.of(his),
        all(
            alice,
            room,
            "b",
            5,
            filter(
                "{\"types\": [\"m.room.m*\"], \"senders\": [\""
                    + bob.id()
                    + "\"],"
                    + " \"not_types\": [\"m.room.member\"]}")));
    assertEquals(List.of(picture), all(alice, room, "b", 5, filter("{\"contains_url\": true}")));
    assertThat(
        all(alice, room, "b", 50, filter("{\"contains_url\": false}")), not(hasItem(picture)));
    assertEquals(
        List.of(), all(alice, room, "b", 5, filter("{\"not_rooms\": [\"" + room + "\"]}")));
    assertRefused(
        getMessages(alice, room, "dir=b" + filter("{\"types\": \"m.room.message\"}")),
        400,
        "M_BAD_JSON");
    assertRefused(getMessages(alice, room, "dir=b" + filter("{")), 400, "M_NOT_JSON");
  }

  @Test
  void filterChoosesByWhatRelatesToAnEvent() {
    String room = alice.createRoomWith(bob);
    String root = alice.say(room, "root");
    String liked = alice.say(room, "liked");
    alice.say(room, "ignored by all");
    sayInThread(bob, room, root);
    alice.send(room, "m.reaction", reaction(liked, "x"));
    assertEquals(
        List.of(root),
        all(alice, room, "b", 50, filter("{\"related_by_rel_types\": [\"m.thread\"]}")));
    assertEquals(
        List.of(root),
        all(alice, room, "b", 50, filter("{\"related_by_senders\": [\"" + bob.id() + "\"]}")));
    assertEquals(
        List.of(liked, root),
        all(
            alice,
            room,
            "b",
            50,
            filter("{\"related_by_rel_types\": [\"m.thread\", \"m.annotation\"]}")));
    assertEquals(
        List.of(),
        all(
            alice,
            room,
            "b",
            50,
            filter(
                "{\"related_by_rel_types\": [\"m.thread\"], \"related_by_senders\": [\""
                    + alice.id()
                    + "\"]}")));
  }

  @Test
  void lazilyLoadedMembersAreThoseWhoSpeak() {
    User carol = server.register("carol");
    String room = alice.createRoomWith(bob, carol);
    bob.say(room, "hi");
    alice.say(room, "hello");
    String lazy = filter("{\"lazy_load_members\": true}");
    JsonPath page = messages(carol, room, "dir=b&limit=2" + lazy);
    assertThat(page.getList("state.state_key"), containsInAnyOrder(alice.id(), bob.id()));
    assertThat(page.getList("state.type"), contains("m.room.member", "m.room.member"));
    assertNull(messages(carol, room, "dir=b&limit=2").get("state"));
  }

  @Test
  void membershipOfTheReaderIsToldWithEachEvent() {
    String room = alice.createRoom();
    alice.say(room, "before bob");
    alice.invite(room, bob);
    alice.say(room, "bob is invited");
    bob.join(room);
    alice.say(room, "bob is here");
    assertThat(
        messages(bob, room, "dir=b&limit=5").getList("chunk.unsigned.membership"),
        contains("join", "join", "invite", "invite", "leave"));
    assertThat(
        messages(alice, room, "dir=f&limit=2").getList("chunk.unsigned.membership"),
        contains("leave", "join"));
  }

  @Test
  void messagesOfIgnoredUsersAreLeftOut() {
    String room = alice.createRoomWith(bob);
    String hers = alice.say(room, "hers");
    String his = bob.say(room, "his");
    alice
        .put(
            path("/v3/user/{}/account_data/m.ignored_user_list", alice.id()),
            "{\"ignored_users\": {\"" + bob.id() + "\": {}}}")
        .then()
        .statusCode(200);
    List<String> seen = messages(alice, room, "dir=b&limit=50").getList("chunk.event_id");
    assertThat(seen, hasItem(hers));
    assertThat(seen, not(hasItem(his)));
    assertThat(
        messages(alice, room, "dir=b&limit=50").getList("chunk.state_key"), hasItem(bob.id()));
  }

  @Test
  void editsComeWithTheirOriginal() {
    String room = alice.createRoomWith(bob);
    String original = alice.say(room, "frist");
    String edit = alice.send(room, "m.room.message", edit(original, "first"));
    JsonPath shown = messages(bob, room, "dir=b&limit=2");
    assertEquals("frist", shown.getString("chunk[1].content.body"));
    assertEquals(edit, shown.getString("chunk[1].unsigned.'m.relations'.'m.replace'.event_id"));
    assertEquals(
        "first",
        shown.getString(
            "chunk[1].unsigned.'m.relations'.'m.replace'.content.'m.new_content'.body"));
  }

  @Test
  void badParametersAreRefused() {
    String room = alice.createRoom();
    for (String query :
        List.of(
            "", "dir=x", "dir=b&limit=-1", "dir=b&limit=ten", "dir=b&from=here", "dir=f&to=5")) {
      assertRefused(getMessages(alice, room, query), 400, "M_INVALID_PARAM");
    }
    assertOk(getMessages(alice, room, "dir=b&limit=0"));
    assertOk(getMessages(alice, room, "dir=b&from=s999999999999999999"));
    assertForbidden(getMessages(bob, room, "dir=b"));
  }

  @Test
  void anybodyReadsWhatIsWorldReadable() {
    String room =
        alice.createRoom(
            """
            {"initial_state": [{"type": "m.room.history_visibility",
              "content": {"history_visibility": "world_readable"}}]}
            """);
    String said = alice.say(room, "hear ye");
    assertThat(messages(bob, room, "dir=b").getList("chunk.event_id"), hasItem(said));
    assertThat(
        messages(bob, room, "dir=b&limit=1").getString("chunk[0].unsigned.membership"),
        equalTo("leave"));
    assertForbidden(bob.trySend(room, "m.room.message", "{}"));
  }
}
