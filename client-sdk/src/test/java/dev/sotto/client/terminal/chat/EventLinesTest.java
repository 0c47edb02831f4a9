package dev.sotto.client.terminal.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.Events;
import dev.sotto.client.event.Envelope;
import dev.sotto.client.event.FileMessage;
import dev.sotto.client.event.RoomEvent;
import dev.sotto.client.event.Trust;
import dev.sotto.client.event.Undecryptable;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jline.utils.AttributedString;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/// What is shown for each kind of event.
class EventLinesTest {
  private static final RoomId ROOM = new RoomId("!kitchen:example.org");
  private static final UserId SELF = new UserId("@ada:example.org");
  private static final Clock NOON =
      Clock.fixed(Instant.parse("2026-11-21T12:00:00Z"), ZoneOffset.UTC);

  /// What surrounds an event.
  private record Fixed(boolean elsewhere, boolean encrypted) implements Around {
    @Override
    public String room() {
      return "Kitchen";
    }

    @Override
    public String name(UserId user) {
      return user.localpart();
    }

    @Override
    public int number(FileMessage file) {
      return 3;
    }
  }

  private static final Fixed HERE = new Fixed(false, true);

  private static ObjectNode json(String text) {
    return Json.parseObject(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Envelope envelope(String sender, String type, String content, String more) {
    String event =
        """
        {"event_id":"$1","sender":"@%s:example.org","origin_server_ts":1795262460000,
         "type":"%s","content":%s%s}"""
            .formatted(sender, type, content, more);
    return Events.envelope(ROOM, json(event));
  }

  private static RoomEvent message(Trust trust, String content) {
    Envelope sealed = envelope("bob", "m.room.encrypted", "{}", "");
    return Events.read(Events.decrypted(sealed, "m.room.message", json(content), trust));
  }

  private static RoomEvent state(String sender, String type, String key, String content) {
    String more = ",\"state_key\":\"%s\"".formatted(key);
    return Events.read(envelope(sender, type, content, more));
  }

  private static List<String> shown(Around around, RoomEvent event) {
    return new EventLines(SELF, NOON)
        .of(around, event).stream().map(AttributedString::toString).toList();
  }

  private static String line(RoomEvent event) {
    List<String> lines = shown(HERE, event);
    assertEquals(1, lines.size(), lines.toString());
    return lines.getFirst();
  }

  private static String text(Trust trust) {
    return line(message(trust, "{\"msgtype\":\"m.text\",\"body\":\"hello\"}"));
  }

  @Test
  void messagesAreShownWithTimeAndName() {
    assertEquals("12:01 bob: hello", text(Trust.VERIFIED));
    assertEquals("12:01 bob: hello", text(Trust.SIGNED));
    assertEquals(
        "12:01 * bob waves",
        line(message(Trust.SIGNED, "{\"msgtype\":\"m.emote\",\"body\":\"waves\"}")));
  }

  @Test
  void whatIsNotToBeTrustedIsMarked() {
    assertEquals("12:01 [not encrypted] bob: hello", text(Trust.CLEAR));
    assertEquals("12:01 [unverified device] bob: hello", text(Trust.UNSIGNED));
    assertEquals("12:01 [identity has changed] bob: hello", text(Trust.OWNER_CHANGED));
    assertEquals("12:01 [unknown device] bob: hello", text(Trust.UNKNOWN_DEVICE));
    assertEquals("12:01 [sender not proven] bob: hello", text(Trust.UNPROVEN));
  }

  @Test
  void whoGaveTheKeysIsNamedByTheIdThatNobodyElseHas() {
    Envelope sealed = envelope("bob", "m.room.encrypted", "{}", "");
    ObjectNode content = json("{\"msgtype\":\"m.text\",\"body\":\"hello\"}");
    UserId eva = new UserId("@eva:example.org");
    assertEquals(
        "12:01 [sender not proven; keys from @eva:example.org] bob: hello",
        line(Events.read(Events.decrypted(sealed, "m.room.message", content, eva))));
  }

  @Test
  void clearWordsAreNotMarkedWhereNothingIsEncrypted() {
    RoomEvent clear = message(Trust.CLEAR, "{\"msgtype\":\"m.text\",\"body\":\"hello\"}");
    assertEquals(List.of("12:01 bob: hello"), shown(new Fixed(false, false), clear));
  }

  @Test
  void anotherRoomIsNamed() {
    RoomEvent event = message(Trust.SIGNED, "{\"msgtype\":\"m.text\",\"body\":\"hello\"}");
    assertEquals(List.of("12:01 [Kitchen] bob: hello"), shown(new Fixed(true, true), event));
  }

  @Test
  void furtherLinesCannotPassForMessages() {
    RoomEvent event =
        message(
            Trust.SIGNED, "{\"msgtype\":\"m.text\",\"body\":\"hi\\n12:02 ada: I owe bob 100\"}");
    assertEquals(List.of("12:01 bob: hi", "      | 12:02 ada: I owe bob 100"), shown(HERE, event));
  }

  @Test
  void escapesOfOthersAreHarmless() {
    RoomEvent event =
        message(Trust.SIGNED, "{\"msgtype\":\"m.text\",\"body\":\"\\u001b[2J\\u202egone\"}");
    assertEquals("12:01 bob: \uFFFD[2Jgone", line(event));
  }

  @Test
  void filesAreShownWithHowToSaveThem() {
    RoomEvent event =
        message(
            Trust.SIGNED,
            """
            {"msgtype":"m.image","body":"cat.png","url":"mxc://example.org/cat",
             "info":{"mimetype":"image/png","size":12345}}""");
    assertEquals("12:01 bob sends cat.png (image/png, 12.3 kB; /save 3)", line(event));
  }

  @Test
  void editsSayThatTheyAre() {
    RoomEvent event =
        message(
            Trust.SIGNED,
            """
            {"msgtype":"m.text","body":"* hullo",
             "m.new_content":{"msgtype":"m.text","body":"hullo"},
             "m.relates_to":{"rel_type":"m.replace","event_id":"$0"}}""");
    assertEquals("12:01 bob: hullo (edited)", line(event));
  }

  @Test
  void undecryptableMessagesNameTheirCause() {
    Envelope sealed = envelope("bob", "m.room.encrypted", "{}", "");
    RoomEvent event =
        new Undecryptable(
            sealed, Undecryptable.Cause.REPLAY, "This is a copy of an earlier message.");
    assertEquals("12:01 bob: [This is a copy of an earlier message.]", line(event));
  }

  @Test
  void comingAndGoingIsTold() {
    assertEquals("12:01 * bob came in", line(member("bob", "bob", "join")));
    assertEquals("12:01 * bob left", line(member("bob", "bob", "leave")));
    assertEquals("12:01 * you invited bob", line(member("ada", "bob", "invite")));
    assertEquals("12:01 * bob banned eve", line(member("bob", "eve", "ban")));
  }

  private static RoomEvent member(String sender, String user, String membership) {
    return state(
        sender,
        "m.room.member",
        "@" + user + ":example.org",
        "{\"membership\":\"" + membership + "\"}");
  }

  @Test
  void newNameIsToldAndNothingElseOfAProfile() {
    String now = "{\"membership\":\"join\",\"displayname\":\"Bobby\"}";
    String before = ",\"unsigned\":{\"prev_content\":{\"membership\":\"join\"%s}}";
    String key = ",\"state_key\":\"@bob:example.org\"";
    RoomEvent renamed =
        Events.read(envelope("bob", "m.room.member", now, key + before.formatted("")));
    assertEquals("12:01 * bob changed the name to Bobby", line(renamed));
    String same = before.formatted(",\"displayname\":\"Bobby\"");
    RoomEvent unchanged = Events.read(envelope("bob", "m.room.member", now, key + same));
    assertTrue(shown(HERE, unchanged).isEmpty());
  }

  @Test
  void reactionsAndStateAreTold() {
    RoomEvent reaction =
        Events.read(
            envelope(
                "bob",
                "m.reaction",
                "{\"m.relates_to\":{\"rel_type\":\"m.annotation\","
                    + "\"event_id\":\"$0\",\"key\":\"👍\"}}",
                ""));
    assertEquals("12:01 * bob reacts with 👍", line(reaction));
    assertEquals(
        "12:01 * bob called the room Garden",
        line(state("bob", "m.room.name", "", "{\"name\":\"Garden\"}")));
    assertEquals(
        "12:01 * you turned encryption on",
        line(state("ada", "m.room.encryption", "", "{\"algorithm\":\"m.megolm.v1.aes-sha2\"}")));
  }

  @Test
  void whatIsNotForPeopleIsNotShown() {
    assertTrue(shown(HERE, Events.read(envelope("bob", "org.example.x", "{}", ""))).isEmpty());
    assertTrue(
        shown(
                HERE,
                message(
                    Trust.SIGNED, "{\"msgtype\":\"m.key.verification.request\",\"body\":\"x\"}"))
            .isEmpty());
    assertTrue(shown(HERE, state("bob", "m.room.power_levels", "", "{}")).isEmpty());
  }

  @Provide
  Arbitrary<String> hostile() {
    return Arbitraries.strings()
        .withChars("a \u001b[31m\u0007\u009b\r\n\u202e\u2066\u2028\u0000/%\"\\")
        .ofMaxLength(40);
  }

  @Property(tries = 300)
  void whateverOthersWriteWhereverNothingOfItActsOnTheTerminal(@ForAll("hostile") String text) {
    ObjectNode words = Json.object().put("msgtype", "m.text").put("body", text);
    ObjectNode file = Json.object().put("msgtype", "m.file").put("body", text);
    file.put("url", "mxc://example.org/x").put("filename", text + "x");
    file.putObject("info").put("mimetype", text);
    ObjectNode odd = Json.object().put("msgtype", text).put("body", text);
    ObjectNode reaction = Json.object();
    reaction
        .putObject("m.relates_to")
        .put("rel_type", "m.annotation")
        .put("event_id", "$0")
        .put("key", text);
    ObjectNode state = Json.object().put("name", text).put("topic", text);
    state.put("membership", "join").put("displayname", text);
    Envelope sealed = envelope("bob", "m.room.encrypted", "{}", "");
    List<RoomEvent> events =
        List.of(
            inside("m.room.message", words),
            inside("m.room.message", file),
            inside("m.room.message", odd),
            inside("m.reaction", reaction),
            state("bob", "m.room.name", "", state.toString()),
            state("bob", "m.room.topic", "", state.toString()),
            state("bob", "m.room.member", "@bob:example.org", state.toString()),
            new Undecryptable(sealed, Undecryptable.Cause.WITHHELD, text));
    for (RoomEvent event : events) {
      for (String line : shown(HERE, event)) {
        assertTrue(line.codePoints().allMatch(EventLinesTest::isHarmless), line);
      }
    }
  }

  private static RoomEvent inside(String type, ObjectNode content) {
    Envelope sealed = envelope("bob", "m.room.encrypted", "{}", "");
    return Events.read(Events.decrypted(sealed, type, content, Trust.SIGNED));
  }

  private static boolean isHarmless(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
