package dev.sotto.client;

import static dev.sotto.client.Sandbox.ADA;
import static dev.sotto.client.Sandbox.BOT;
import static dev.sotto.client.Sandbox.ROOM;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.encryption.request.OutgoingRequest;
import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.event.Membership;
import dev.sotto.client.http.FakeServer;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/// In an encrypted room nothing goes out in the clear.
class OutletTest {
  private static final String SECRET = "hush-hush";
  private static final EventId EVENT = new EventId("$event");

  private final Sandbox sandbox = new Sandbox();
  private final Room room = sandbox.room;

  @AfterEach
  void close() {
    sandbox.close();
  }

  private void assertNothingSaid() {
    assertFalse(sandbox.all().contains(SECRET), sandbox.all());
  }

  @Test
  void messageGoesOutAsCiphertext() {
    sandbox.knowing(true).answerEvent();
    assertEquals(new EventId("$sent"), room.send(SECRET));
    assertTrue(sandbox.path(0).contains("/send/m.room.encrypted/"));
    assertEquals(Json.parseObject("{\"ciphertext\":\"c0\"}"), sandbox.body(0));
    assertEquals(SECRET, sandbox.encryption.inside("c0").path("body").stringValue(null));
    assertNothingSaid();
  }

  @Test
  void messageInAClearRoomGoesOutAsItIs() {
    sandbox.knowing(false).answerEvent();
    room.send("hello");
    assertTrue(sandbox.path(0).contains("/send/m.room.message/"));
    assertEquals("hello", sandbox.body(0).path("body").stringValue(null));
  }

  @Test
  void roomThatIsNotKnownIsAskedForFirst() {
    sandbox.server.answer(200, "{\"algorithm\":\"m.megolm.v1.aes-sha2\"}");
    sandbox.server.answer(200, "{\"chunk\":[]}");
    sandbox.answerEvent();
    room.send(SECRET);
    assertTrue(sandbox.path(0).endsWith("/state/m.room.encryption/"));
    assertTrue(sandbox.path(2).contains("/send/m.room.encrypted/"));
    assertTrue(sandbox.encryption.isEncrypted(ROOM));
    assertNothingSaid();
  }

  @Test
  void encryptionMayHaveBeenSwitchedOnSinceTheLastRun() {
    sandbox.knowing(false);
    sandbox.currency.end();
    sandbox.server.answer(200, "{\"algorithm\":\"m.megolm.v1.aes-sha2\"}");
    sandbox.server.answer(200, "{\"chunk\":[]}");
    sandbox.answerEvent();
    room.send(SECRET);
    assertTrue(sandbox.path(0).endsWith("/state/m.room.encryption/"));
    assertNothingSaid();
  }

  @Test
  void roomWithoutSuchStateIsClear() {
    sandbox.server.answer(404, "{\"errcode\":\"M_NOT_FOUND\"}");
    sandbox.answerEvent();
    room.send("hello");
    assertTrue(sandbox.path(1).contains("/send/m.room.message/"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "403 {\"errcode\":\"M_FORBIDDEN\"}",
        "404 {}",
        "404 {\"errcode\":\"M_UNRECOGNIZED\"}",
        "200 []",
        "401 {\"errcode\":\"M_UNKNOWN_TOKEN\"}"
      })
  void serverThatDoesNotSayGetsNothing(String answer) {
    sandbox.server.answer(Integer.parseInt(answer.substring(0, 3)), answer.substring(4));
    assertThrows(MatrixRequestException.class, () -> room.send(SECRET));
    assertNothingSaid();
  }

  @Test
  void encryptionIsNotTakenBackByTheServer() {
    sandbox.knowing(true);
    sandbox.rooms.change(ROOM, next -> next.state("m.room.encryption", "", Json.object()));
    sandbox.rooms.change(ROOM, next -> next.membership(Membership.LEAVE));
    KnownRooms again = new KnownRooms(sandbox.store, new Members(sandbox.store));
    assertTrue(again.facts(ROOM).isEncrypted());
  }

  @Test
  void emptyEncryptionStateMakesARoomEncryptedAsWell() {
    sandbox.rooms.change(
        ROOM, next -> next.stateKnown().state("m.room.encryption", "", Json.object()));
    assertTrue(room.isEncrypted());
  }

  @Test
  void relationsAreKnownToTheServerAndNothingElse() {
    sandbox.knowing(true).answerEvent();
    room.send(
        Draft.text(SECRET)
            .inThread(EVENT)
            .replyTo(new EventId("$other"))
            .mention(ADA)
            .html("<b>" + SECRET + "</b>"));
    assertEquals(
        Json.parseObject(
            """
            {"ciphertext": "c0", "m.relates_to": {"rel_type": "m.thread", "event_id": "$event",
             "is_falling_back": false, "m.in_reply_to": {"event_id": "$other"}}}
            """),
        sandbox.body(0));
    assertNothingSaid();
  }

  @Test
  void relationWithMoreInItIsStripped() {
    sandbox.knowing(true).answerEvent();
    ObjectNode content = Json.object().put("body", SECRET).put("msgtype", "m.text");
    content.putObject("m.relates_to").put("rel_type", "m.reference").put("quote", SECRET);
    room.send(Draft.event("m.room.message", content));
    assertNothingSaid();
  }

  @Test
  void editHidesTheNewWords() {
    sandbox.knowing(true).answerEvent();
    room.edit(EVENT, SECRET);
    assertEquals(
        Json.parseObject("{\"rel_type\":\"m.replace\",\"event_id\":\"$event\"}"),
        sandbox.body(0).path("m.relates_to"));
    assertNothingSaid();
  }

  @Test
  void reactionIsClearAndBare() {
    sandbox.knowing(true).answerEvent();
    ObjectNode content = Json.object().put("note", SECRET);
    content
        .putObject("m.relates_to")
        .put("rel_type", "m.annotation")
        .put("event_id", "$event")
        .put("key", "👍")
        .put("shortcode", SECRET);
    room.send(Draft.event("m.reaction", content));
    assertTrue(sandbox.path(0).contains("/send/m.reaction/"));
    assertEquals(3, sandbox.body(0).path("m.relates_to").size());
    assertNothingSaid();
  }

  @Test
  void pictureMayBeAReactionAsWell() {
    sandbox.knowing(true).answerEvent();
    room.react(EVENT, "mxc://example.org/party_parrot");
    assertTrue(sandbox.path(0).contains("/send/m.reaction/"));
  }

  @ParameterizedTest
  @ValueSource(strings = {SECRET, "no", "👍👍", "mxc://example.org/hush hush", ""})
  void wordsAreNoReactionInAnEncryptedRoom(String key) {
    sandbox.knowing(true);
    assertThrows(IllegalArgumentException.class, () -> room.react(EVENT, key));
    assertEquals(List.of(), sandbox.server.seen());
  }

  @Test
  void wordsMayBeAReactionWhereNothingIsEncrypted() {
    sandbox.knowing(false).answerEvent();
    room.react(EVENT, "well done");
    assertTrue(sandbox.path(0).contains("/send/m.reaction/"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"event_id", "rel_type"})
  void relationThatIsNoneIsNotSent(String name) {
    sandbox.knowing(true);
    ObjectNode content = Json.object().put("body", "hello").put("msgtype", "m.text");
    content.putObject("m.relates_to").put(name, "hush hush");
    Draft draft = Draft.event("m.room.message", content);
    assertThrows(IllegalArgumentException.class, () -> room.send(draft));
    assertEquals(List.of(), sandbox.server.seen());
  }

  @Test
  void reasonsAreNotSent() {
    sandbox.knowing(true).answerEvent();
    room.redact(EVENT, SECRET);
    sandbox.server.answers(2, FakeServer.json(200, "{}", Map.of()));
    room.kick(ADA, SECRET);
    room.ban(ADA, SECRET);
    assertEquals(3, sandbox.server.seen().size());
    assertNothingSaid();
  }

  @Test
  void reasonIsNotSentWhereNobodyKnowsWhetherTheRoomIsEncrypted() {
    sandbox.server.answer(403, "{\"errcode\":\"M_FORBIDDEN\"}");
    sandbox.answerEvent();
    room.redact(EVENT, SECRET);
    assertNothingSaid();
  }

  @Test
  void reasonIsSentInAClearRoom() {
    sandbox.knowing(false).answerEvent();
    room.redact(EVENT, "spam");
    assertEquals("spam", sandbox.body(0).path("reason").stringValue(null));
  }

  @Test
  void stateOfUnknownTypesIsNotSet() {
    sandbox.knowing(true);
    ObjectNode content = Json.object().put("text", SECRET);
    assertThrows(
        IllegalArgumentException.class, () -> room.setState("org.example.notes", "", content));
    assertEquals(List.of(), sandbox.server.seen());
    sandbox.answerEvent();
    room.setName("Kitchen");
    assertTrue(sandbox.path(0).endsWith("/state/m.room.name/"));
  }

  @Test
  void fileIsEncryptedWithItsNameAndType() throws IOException {
    sandbox.knowing(true);
    sandbox.server.answer(200, "{\"content_uri\":\"mxc://example.org/id\"}");
    sandbox.answerEvent();
    byte[] bytes = (SECRET + " in a file").getBytes(StandardCharsets.UTF_8);
    room.sendFile(FileUpload.of(SECRET + ".png", "image/" + SECRET, bytes).captioned(SECRET));
    assertEquals("/_matrix/media/v3/upload", sandbox.path(0));
    assertEquals("application/octet-stream", sandbox.server.seen().get(0).header("Content-Type"));
    assertTrue(sandbox.path(1).contains("/send/m.room.encrypted/"));
    ObjectNode content = sandbox.encryption.inside("c0");
    assertEquals("mxc://example.org/id", content.path("file").path("url").stringValue(null));
    assertFalse(content.has("url"));
    assertEquals(SECRET, content.path("body").stringValue(null));
    assertNothingSaid();
  }

  @Test
  void ciphertextIsMadeForAllWhoMayRead() {
    sandbox.rooms.change(
        ROOM,
        next -> {
          next.membership(Membership.JOIN).stateKnown();
          next.encryption(NewRoom.encryption());
        });
    sandbox.server.answer(
        200,
        """
        {"chunk": [
          {"type": "m.room.member", "state_key": "@bot:example.org", "event_id": "$1",
           "sender": "@bot:example.org", "content": {"membership": "join"}},
          {"type": "m.room.member", "state_key": "@ada:example.org", "event_id": "$2",
           "sender": "@bot:example.org", "content": {"membership": "invite"}},
          {"type": "m.room.member", "state_key": "@eve:example.org", "event_id": "$3",
           "sender": "@eve:example.org", "content": {"membership": "ban"}},
          {"type": "m.room.member", "state_key": "nobody", "event_id": "$4",
           "sender": "@eve:example.org", "content": {"membership": "join"}},
          "garbage"]}
        """);
    sandbox.answerEvent().answerEvent();
    room.send("one");
    room.send("two");
    assertEquals(3, sandbox.server.seen().size());
    assertEquals(Set.of(BOT, ADA), Set.copyOf(sandbox.encryption.readers.get(0)));
    sandbox.rooms.change(
        ROOM,
        next ->
            next.state(
                "m.room.history_visibility",
                "",
                Json.object().put("history_visibility", "joined")));
    sandbox.answerEvent();
    room.send("three");
    assertEquals(Set.of(BOT), Set.copyOf(sandbox.encryption.readers.get(2)));
  }

  @Test
  void whoOnlySendsAsksAnewWhoIsThere() {
    sandbox.knowing(true);
    sandbox.currency.end();
    sandbox.server.answer(200, "{\"chunk\":[]}");
    sandbox.answerEvent().answerEvent();
    room.send("one");
    room.send("two");
    assertTrue(sandbox.path(0).contains("/members"));
    assertEquals(1, sandbox.encryption.missed);
    assertEquals(3, sandbox.server.seen().size());
  }

  @Test
  void whoFollowsTheNewsWaitsForTheirFirstAnswer() throws InterruptedException {
    sandbox.knowing(true);
    Thread follower = Thread.ofVirtual().start(sandbox.currency::begin);
    follower.join();
    assertThrows(IllegalStateException.class, () -> room.send(SECRET));
    assertEquals(List.of(), sandbox.server.seen());
    sandbox.currency.answered();
    sandbox.answerEvent();
    room.send(SECRET);
    assertEquals(0, sandbox.encryption.missed);
  }

  @Test
  void whatTheNewsMayHaveToWaitForDoesNotWaitForThem() throws InterruptedException {
    sandbox.knowing(true);
    Thread follower = Thread.ofVirtual().start(sandbox.currency::begin);
    follower.join();
    sandbox.server.answer(200, "{\"chunk\":[]}");
    sandbox.answerEvent();
    sandbox.outlet.sendForEncryption(ROOM, "m.key.verification.done", Json.object(), "t");
    assertTrue(sandbox.path(0).contains("/members"));
    assertEquals(1, sandbox.encryption.missed);
  }

  @Test
  void keysAreSentBeforeTheMessage() {
    sandbox.knowing(true);
    sandbox.encryption.roundsNeeded = 1;
    sandbox.encryption.outgoing.add(
        new OutgoingRequest.ToDevice("t1", "m.room.encrypted", Json.object()));
    sandbox.server.answer(200, "{}");
    sandbox.answerEvent();
    room.send("hello");
    assertTrue(sandbox.path(0).endsWith("/sendToDevice/m.room.encrypted/t1"));
    assertTrue(sandbox.path(1).contains("/send/m.room.encrypted/"));
  }

  @Test
  void messageThatCannotBeEncryptedIsNotSent() {
    sandbox.knowing(true);
    sandbox.encryption.roundsNeeded = 1000;
    assertThrows(IllegalStateException.class, () -> room.send(SECRET));
    assertEquals(List.of(), sandbox.server.seen());
  }

  @Test
  void repeatedTriesSendTheSameCiphertextUnderTheSameName() {
    sandbox.knowing(true);
    sandbox.server.answer(502, "");
    sandbox.answerEvent();
    room.send("hello");
    assertEquals(sandbox.path(0), sandbox.path(1));
    assertEquals(sandbox.body(0), sandbox.body(1));
    assertEquals(1, sandbox.encryption.messages.size());
  }

  @Test
  void draftWithANameIsSentAgainUnderTheSame() {
    sandbox.knowing(true);
    Draft draft = Draft.text("hello").once(SECRET).replyTo(EVENT);
    sandbox.server.answer(400, "{\"errcode\":\"M_UNKNOWN\"}");
    assertThrows(MatrixRequestException.class, () -> room.send(draft));
    sandbox.answerEvent().answerEvent();
    room.send(draft);
    assertEquals(sandbox.path(0), sandbox.path(1));
    // As after a restart, in words that have changed since.
    room.send(Draft.notice("hi").once(SECRET));
    assertEquals(sandbox.path(0), sandbox.path(2));
    assertNothingSaid();
  }

  @Test
  void otherNamesRoomsAndDraftsWithoutANameAreSentUnderOthers() {
    sandbox.knowing(false);
    Draft draft = Draft.text("hello");
    sandbox.answerEvent().answerEvent().answerEvent().answerEvent();
    room.send(draft);
    room.send(draft);
    room.send(draft.once("a"));
    room.send(draft.once("b"));
    assertEquals(4, sandbox.server.seen().stream().map(seen -> seen.path()).distinct().count());
  }

  @Test
  void fileMayAnswerInAThread() throws IOException {
    sandbox.knowing(false);
    sandbox.server.answer(200, "{\"content_uri\":\"mxc://example.org/id\"}");
    sandbox.answerEvent();
    FileUpload file = FileUpload.of("a.csv", "text/csv", new byte[] {1});
    room.sendFile(file, draft -> draft.replyTo(new EventId("$asked")).inThread(EVENT));
    assertEquals(
        Json.parseObject(
            """
            {"rel_type": "m.thread", "event_id": "$event",
             "is_falling_back": false, "m.in_reply_to": {"event_id": "$asked"}}
            """),
        sandbox.body(1).path("m.relates_to"));
    assertEquals("mxc://example.org/id", sandbox.body(1).path("url").stringValue(null));
  }

  @Test
  void ciphertextOfACallerIsNotSent() {
    sandbox.knowing(false);
    assertThrows(
        IllegalArgumentException.class,
        () -> room.send(Draft.event("m.room.encrypted", Json.object())));
    assertThrows(
        IllegalArgumentException.class,
        () -> room.send(Draft.event("m.room.redaction", Json.object())));
  }
}
