package dev.sotto.client;

import static dev.sotto.client.Sandbox.ADA;
import static dev.sotto.client.Sandbox.BOT;
import static dev.sotto.client.Sandbox.ROOM;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.Inbox.Item;
import dev.sotto.client.encryption.megolm.SessionName;
import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.event.Membership;
import dev.sotto.client.http.FakeServer;
import dev.sotto.client.session.SyncAnswer;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NewsTest extends NewsFixture {
  @Test
  void historyBeforeTheFirstAnswerIsNotHandedOn() {
    answer(timeline(said("$old")));
    assertEquals(List.of(), delivered);
    assertEquals(Membership.JOIN, sandbox.room.membership());
  }

  @Test
  void eventsAreKeptUntilTheyAreHandled() {
    begin();
    answer(timeline(said("$1"), said("$2")));
    assertEquals(List.of("$1", "$2"), ids());
    assertEquals(2, new Inbox(sandbox.store).load(ROOM).size());
    inbox.handled(delivered.getFirst());
    sandbox.kept.keepTogether(inbox::settled);
    sandbox.kept.keep("later");
    assertEquals(1, new Inbox(sandbox.store).load(ROOM).size());
  }

  @Test
  void whatWaitedForAKeyIsHandedOnOnceAfterARestart() {
    begin();
    answer(timeline(said("$1")));
    inbox.postpone(delivered.getFirst());
    inbox.settle();
    List<Item> left = new Inbox(sandbox.store).load(ROOM);
    assertEquals(List.of(Inbox.Kind.WAITING), left.stream().map(Item::kind).toList());
  }

  private static SessionName session(String letter) {
    return new SessionName(ROOM, letter.repeat(43));
  }

  private static String encrypted(String id, SessionName session) {
    return """
        {"type": "m.room.encrypted", "event_id": "%s", "sender": "@ada:example.org",
         "origin_server_ts": 1, "content": {"session_id": "%s"}}
        """
        .formatted(id, session.sessionId());
  }

  @Test
  void whatWaitsIsEitherWithdrawnOrAwakened() {
    begin();
    answer(timeline(encrypted("$1", session("a"))));
    Item item = delivered.getFirst();
    inbox.postpone(item);
    assertTrue(inbox.withdraw(item));
    news.readable(session("a"));
    assertTrue(deliveries.awaitNothing(Duration.ofSeconds(30)));
    assertEquals(List.of(item), delivered);
    inbox.postpone(item);
    news.readable(session("a"));
    assertFalse(inbox.withdraw(item));
  }

  @Test
  void aKeyAwakensOnlyWhatWaitsForIt() {
    begin();
    answer(timeline(encrypted("$1", session("a")), encrypted("$2", session("b")), said("$3")));
    delivered.forEach(inbox::postpone);
    delivered.clear();
    news.readable(session("b"));
    assertTrue(deliveries.awaitNothing(Duration.ofSeconds(30)));
    assertEquals(List.of("$2"), ids());
    news.readable(session("b"));
    news.readable(new SessionName(new RoomId("!other:example.org"), session("a").sessionId()));
    assertTrue(deliveries.awaitNothing(Duration.ofSeconds(30)));
    assertEquals(List.of("$2"), ids());
    news.readable(session("a"));
    assertTrue(deliveries.awaitNothing(Duration.ofSeconds(30)));
    assertEquals(List.of("$2", "$1"), ids());
  }

  @Test
  void answerThatComesTwiceIsHandedOnOnce() {
    begin();
    answer(timeline(said("$1")));
    answer(timeline(said("$1"), said("$2")));
    assertEquals(List.of("$1", "$2"), ids());
  }

  @Test
  void malformedEventsSpoilNothing() {
    begin();
    answer(
        timeline(
            "null",
            "7",
            "[]",
            "{}",
            "{\"type\":7,\"content\":{},\"event_id\":\"$a\",\"sender\":\"@a:b\"}",
            "{\"type\":\"m.x\",\"content\":{},\"event_id\":\"no id\",\"sender\":\"@a:b\"}",
            "{\"type\":\"m.x\",\"content\":{},\"event_id\":\"$a\",\"sender\":\"nobody\"}",
            "{\"type\":\"m.x\",\"state_key\":1,\"content\":{},\"event_id\":\"$a\","
                + "\"sender\":\"@a:b\"}",
            said("$good")));
    assertEquals(List.of("$good"), ids());
    told(8);
  }

  /// Once, and with no more than their number.
  private void told(int unreadable) {
    assertEquals(List.of(Problem.Kind.UNREADABLE), problems.stream().map(Problem::kind).toList());
    assertEquals(
        "Events that are not as specified were left out; their number: " + unreadable,
        problems.getFirst().cause().getMessage());
  }

  @Test
  void unreadableEventsOfAnAnswerAreToldOnceAndCounted() {
    begin();
    sandbox.server.answer(200, "{\"chunk\":[{}," + said("$1") + ",7]}");
    news.onAnswer(
        new SyncAnswer(
            "next",
            Json.parseObject(
                """
                {"rooms": {
                  "join": {
                    "!room:example.org": {
                      "state": {"events": [null]},
                      "timeline": {"limited": true, "prev_batch": "back", "events": [{}, %s]}},
                    "!other:example.org": {"timeline": {"events": [null, 3]}}},
                  "leave": {"!third:example.org": {"timeline": {"events": ["x"]}}}},
                 "to_device": {"events": [null,
                   {"type": "m.x", "sender": "@ada:example.org", "content": {}}, {"type": 7}]}}
                """
                    .formatted(said("$2")))));
    assertTrue(deliveries.awaitNothing(Duration.ofSeconds(30)));
    assertEquals(List.of("$1", "$2"), ids());
    told(9);
  }

  @Test
  void malformedRoomsSpoilNothing() {
    begin();
    news.onAnswer(
        new SyncAnswer(
            "next",
            Json.parseObject(
                """
                {"rooms": {"join": {"no room": {}, "!a:b": null, "!c:d": {"timeline": 7},
                   "!room:example.org": {"timeline": {"events": [%s]}, "summary": [],
                      "ephemeral": {"events": [{"type": "m.typing", "content": 7}, 3]}}},
                 "invite": {"!e:f": {"invite_state": {"events": [3, {"type": "m.room.name"}]}}},
                 "leave": 7},
                 "to_device": "x", "account_data": {"events": [7, {"type": "m.direct"}]}}
                """
                    .formatted(said("$good")))));
    assertTrue(deliveries.awaitNothing(Duration.ofSeconds(30)));
    assertTrue(ids().contains("$good"));
    assertEquals(List.of(), problems);
  }

  @Test
  void wishForBackupsIsTakenFromTheFirstAnswerOnly() {
    String wish =
        """
        {"account_data": {"events": [{"type": "m.key_backup", "content": {"enabled": %s}}]}}
        """;
    news.onAnswer(new SyncAnswer("one", Json.parseObject(wish.formatted("7"))));
    news.onAnswer(new SyncAnswer("one", Json.parseObject(wish.formatted("false"))));
    sandbox.kept.keep("one");
    news.onAnswer(new SyncAnswer("two", Json.parseObject(wish.formatted("true"))));
    assertEquals(List.of("backup false"), sandbox.encryption.outcomes);
  }

  @Test
  void gapIsFilledInOrder() {
    begin();
    sandbox.server.answer(
        200, "{\"chunk\":[" + said("$3") + "," + said("$2") + "],\"end\":\"place\"}");
    sandbox.server.answer(200, "{\"chunk\":[" + said("$1") + "]}");
    answer(cutOff(said("$4")));
    assertEquals(List.of("$1", "$2", "$3", "$4"), ids());
    assertTrue(sandbox.path(0).contains("from=back&to=since"));
    assertTrue(sandbox.path(1).contains("from=place&to=since"));
  }

  @Test
  void gapThatCannotBeFilledNowIsAskedForAgain() {
    begin();
    sandbox.server.answers(5, FakeServer.json(503, "{}", Map.of()));
    String answer = cutOff(said("$2"));
    assertThrows(MatrixRequestException.class, () -> answer(answer));
    assertEquals(List.of(), ids());
    sandbox.server.answer(200, "{\"chunk\":[" + said("$1") + "]}");
    answer(answer);
    assertEquals(List.of("$1", "$2"), ids());
  }

  @Test
  void gapThatNeverCanBeFilledIsToldAndStopsNoOtherRoom() {
    begin();
    String answer =
        """
        {"join": {"!room:example.org": {"timeline":
            {"limited": true, "prev_batch": "back", "events": [%s]}},
          "!other:example.org": {"timeline": {"events": [%s]}}}}
        """
            .formatted(said("$2"), member("$arrival", BOT.value(), "join"));
    for (int i = 0; i < 2; i++) {
      sandbox.server.answers(5, FakeServer.json(503, "{}", Map.of()));
      assertThrows(MatrixRequestException.class, () -> answer(answer));
    }
    sandbox.server.answers(5, FakeServer.json(503, "{}", Map.of()));
    answer(answer);
    assertEquals(Set.of("$2", "$arrival"), Set.copyOf(ids()));
    assertEquals(Problem.Kind.GAP, problems.getFirst().kind());
    assertEquals(Optional.of(ROOM), problems.getFirst().room());
  }

  @Test
  void whoHasLeftIsNoReaderWhileAGapIsBeingFilled() {
    begin();
    sandbox.knowing(true);
    answer(timeline(member("$1", ADA.value(), "join")));
    List<Set<UserId>> readers = new ArrayList<>();
    sandbox.encryption.received = () -> readers.add(sandbox.lists.readers(ROOM));
    sandbox.server.answers(5, FakeServer.json(503, "{}", Map.of()));
    String answer = cutOff(member("$2", ADA.value(), "leave"));
    assertThrows(MatrixRequestException.class, () -> answer(answer));
    assertEquals(List.of(Set.of(BOT)), readers);
    assertEquals(Set.of(BOT), sandbox.lists.readers(ROOM));
  }

  @Test
  void firstAnswerOutdatesWhatAnEarlierOneHasLeft() {
    sandbox.knowing(true);
    answer(timeline());
    assertEquals(1, sandbox.encryption.missed);
    assertFalse(sandbox.rooms.facts(ROOM).areMembersKnown());
    sandbox.kept.keep("since");
    answer(timeline());
    assertEquals(1, sandbox.encryption.missed);
  }

  @Test
  void gapThatTheServerRefusesIsTold() {
    begin();
    sandbox.server.answer(403, "{\"errcode\":\"M_FORBIDDEN\"}");
    answer(cutOff(said("$2")));
    assertEquals(List.of("$2"), ids());
    assertEquals(Problem.Kind.GAP, problems.getFirst().kind());
    assertEquals(Optional.of(ROOM), problems.getFirst().room());
  }

  @Test
  void ofTheSettingsOfEncryptionOnlyThoseThatAreOfUseAreKept() {
    answer(
        timeline(
            """
            {"type": "m.room.encryption", "event_id": "$1", "sender": "@ada:example.org",
             "state_key": "", "origin_server_ts": 1, "content": {
               "algorithm": "m.megolm.v1.aes-sha2", "rotation_period_msgs": 7,
               "rotation_period_ms": "x", "further": [[["%s"]]]}}
            """
                .formatted("x".repeat(60_000))));
    assertEquals(
        Optional.of(
            Json.object().put("algorithm", "m.megolm.v1.aes-sha2").put("rotation_period_msgs", 7)),
        sandbox.rooms.facts(ROOM).encryption());
  }

  @Test
  void leavingForgetsMembersButNotTheEncryption() {
    sandbox.knowing(true);
    answer(timeline(member("$1", ADA.value(), "join")));
    assertEquals(1, sandbox.rooms.members().all(ROOM).size());
    answer("{\"leave\":{\"" + ROOM + "\":{}}}");
    assertEquals(List.of(), sandbox.rooms.members().all(ROOM));
    RoomFacts facts = sandbox.rooms.facts(ROOM);
    assertEquals(Membership.LEAVE, facts.membership());
    assertTrue(facts.isEncrypted());
    assertFalse(facts.isStateKnown());
    assertFalse(facts.areMembersKnown());
  }

  @Test
  void whatIsKnownOfRoomsSurvivesARestart() {
    answer(
        joined(
            """
            {"state": {"events": [
               {"type": "m.room.name", "state_key": "", "event_id": "$n",
                "sender": "@ada:example.org", "content": {"name": "Kitchen"}}]},
             "summary": {"m.heroes": ["@ada:example.org"], "m.joined_member_count": 2},
             "timeline": {"events": [%s]}}
            """
                .formatted(member("$m", ADA.value(), "join"))));
    KnownRooms again = new KnownRooms(sandbox.store, new Members(sandbox.store));
    assertEquals(Optional.of("Kitchen"), again.facts(ROOM).name());
    assertEquals(2, again.facts(ROOM).joinedCount());
    assertTrue(again.facts(ROOM).isStateKnown());
    assertEquals(ADA, again.members().all(ROOM).getFirst().user());
  }

  @Test
  void newsOfMembersAreNewerThanAListThatWasAskedForBefore() {
    sandbox.knowing(true);
    sandbox.rooms.fetching(ROOM);
    answer(timeline(member("$left", ADA.value(), "leave")));
    sandbox.rooms.fetched(
        ROOM, List.of(new Member(ADA, Membership.JOIN, Optional.empty(), Optional.empty())));
    assertEquals(
        Membership.LEAVE, sandbox.rooms.members().find(ROOM, ADA).orElseThrow().membership());
  }
}
