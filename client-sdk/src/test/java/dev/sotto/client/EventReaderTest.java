package dev.sotto.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.event.Edit;
import dev.sotto.client.event.Envelope;
import dev.sotto.client.event.FileMessage;
import dev.sotto.client.event.MemberChange;
import dev.sotto.client.event.Membership;
import dev.sotto.client.event.Message;
import dev.sotto.client.event.OtherEvent;
import dev.sotto.client.event.OtherMessage;
import dev.sotto.client.event.Redacted;
import dev.sotto.client.event.Redaction;
import dev.sotto.client.event.RoomEvent;
import dev.sotto.client.event.StateChange;
import dev.sotto.client.event.TextMessage;
import dev.sotto.client.event.Trust;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.json.Json;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class EventReaderTest {
  private static final RoomId ROOM = new RoomId("!room:example.org");

  private static RoomEvent read(String type, String more) {
    ObjectNode json = Json.parseObject(more);
    json.put("type", type).put("event_id", "$id").put("sender", "@ada:example.org");
    json.put("origin_server_ts", 1000);
    return EventReader.read(Envelopes.of(ROOM, json).orElseThrow());
  }

  private static RoomEvent message(String content) {
    return read("m.room.message", "{\"content\":" + content + "}");
  }

  @Test
  void wordsWithFormatting() {
    TextMessage text =
        (TextMessage)
            message(
                """
                {"msgtype": "m.emote", "body": "waves", "format": "org.matrix.custom.html",
                 "formatted_body": "<i>waves</i>"}
                """);
    assertEquals(TextMessage.Kind.EMOTE, text.kind());
    assertEquals(Optional.of("<i>waves</i>"), text.html());
    assertEquals(1000, text.sentAt().toEpochMilli());
  }

  @Test
  void formattingOfAnotherKindIsNoHtml() {
    TextMessage text =
        (TextMessage)
            message(
                """
                {"msgtype": "m.text", "body": "x", "format": "other", "formatted_body": "y"}
                """);
    assertEquals(Optional.empty(), text.html());
  }

  @Test
  void encryptedFileWithCaption() {
    FileMessage file =
        (FileMessage)
            message(
                """
                {"msgtype": "m.image", "body": "our cat", "filename": "cat.png",
                 "info": {"size": 7, "mimetype": "image/png"},
                 "file": {"url": "mxc://example.org/id", "key": {"k": "hush"}}}
                """);
    assertEquals("our cat", file.text());
    assertEquals("cat.png", file.fileName());
    assertEquals(OptionalLong.of(7), file.sizeBytes());
    assertEquals("mxc://example.org/id", file.source().url());
    assertTrue(file.source().encryption().isPresent());
    assertFalse((file.toString() + file.source()).contains("hush"));
  }

  @Test
  void editCarriesTheNewMessage() {
    Edit edit =
        (Edit)
            message(
                """
                {"msgtype": "m.text", "body": "* new",
                 "m.new_content": {"msgtype": "m.text", "body": "new"},
                 "m.relates_to": {"rel_type": "m.replace", "event_id": "$old"}}
                """);
    assertEquals(new EventId("$old"), edit.edited());
    assertEquals("new", edit.replacement().text());
  }

  @Test
  void answerInAThreadIsToldFromTheStopgapForOldPrograms() {
    String content =
        """
        {"msgtype": "m.text", "body": "x", "m.relates_to": {"rel_type": "m.thread",
         "event_id": "$root", "is_falling_back": %s, "m.in_reply_to": {"event_id": "$last"}}}
        """;
    Message stopgap = (Message) message(content.formatted("true"));
    Message answer = (Message) message(content.formatted("false"));
    assertEquals(Optional.of(new EventId("$root")), stopgap.thread());
    assertEquals(Optional.empty(), stopgap.replyTo());
    assertEquals(Optional.of(new EventId("$last")), answer.replyTo());
  }

  @Test
  void nobodyRedactsFromWithinEncryption() {
    ObjectNode json = Json.parseObject("{\"content\":{}}");
    json.put("type", "m.room.encrypted").put("event_id", "$id").put("sender", "@ada:example.org");
    json.put("origin_server_ts", 1000);
    Envelope decrypted =
        Envelopes.decrypted(
            Envelopes.of(ROOM, json).orElseThrow(),
            "m.room.redaction",
            Json.object().put("redacts", "$a"),
            Trust.VERIFIED,
            Optional.empty(),
            Optional.empty());
    assertInstanceOf(OtherEvent.class, EventReader.read(decrypted));
  }

  @Test
  void redactionNamesItsTargetInEitherPlace() {
    RoomEvent old = read("m.room.redaction", "{\"redacts\":\"$a\",\"content\":{}}");
    RoomEvent current = read("m.room.redaction", "{\"content\":{\"redacts\":\"$a\"}}");
    assertEquals(new EventId("$a"), ((Redaction) old).target());
    assertEquals(new EventId("$a"), ((Redaction) current).target());
  }

  @Test
  void redactedEventSaysNothing() {
    assertInstanceOf(
        Redacted.class,
        read("m.room.message", "{\"content\":{},\"unsigned\":{\"redacted_because\":{}}}"));
  }

  @Test
  void membershipOfAnotherUserThanTheSender() {
    MemberChange change =
        (MemberChange)
            read(
                "m.room.member",
                """
                {"state_key": "@bob:example.org",
                 "content": {"membership": "ban", "displayname": "Bob"}}
                """);
    assertEquals("@bob:example.org", change.user().value());
    assertEquals(Membership.BAN, change.membership());
    assertEquals(Optional.of("Bob"), change.displayName());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "m.room.message {}",
        "m.room.message {\"body\":7,\"msgtype\":\"m.text\"}",
        "m.room.message {\"msgtype\":\"m.text\"}",
        "m.room.message []",
        "m.reaction {}",
        "m.reaction {\"m.relates_to\":7}",
        "m.reaction {\"m.relates_to\":{\"rel_type\":\"m.annotation\",\"event_id\":\"$a\"}}",
        "m.reaction {\"m.relates_to\":"
            + "{\"rel_type\":\"m.annotation\",\"event_id\":\"a\",\"key\":\"x\"}}",
        "m.room.redaction {\"redacts\":[]}",
        "m.anything {\"a\":{\"b\":[]}}"
      })
  void whatDoesNotFitIsKeptAsItIs(String event) {
    String[] parts = event.split(" ", 2);
    ObjectNode json = Json.object();
    json.set("content", Json.parse(parts[1]));
    if (!json.path("content").isObject()) {
      json.put("type", parts[0]).put("event_id", "$id").put("sender", "@ada:example.org");
      assertEquals(Optional.empty(), Envelopes.of(ROOM, json));
      return;
    }
    RoomEvent read = read(parts[0], json.toString());
    assertInstanceOf(OtherEvent.class, read);
    assertEquals(json.get("content"), read.content());
  }

  @Test
  void brokenMembershipIsPlainState() {
    assertInstanceOf(
        StateChange.class,
        read("m.room.member", "{\"state_key\":\"bob\",\"content\":{\"membership\":\"join\"}}"));
    assertInstanceOf(
        StateChange.class,
        read("m.room.member", "{\"state_key\":\"@b:c\",\"content\":{\"membership\":\"x\"}}"));
  }

  @Test
  void fileWithoutAPlaceIsAnotherMessage() {
    assertInstanceOf(
        OtherMessage.class, message("{\"msgtype\":\"m.file\",\"body\":\"x\",\"file\":{}}"));
  }

  @Test
  void contentIsNotPrinted() {
    RoomEvent text = message("{\"msgtype\":\"m.text\",\"body\":\"hush\"}");
    assertFalse((text.toString() + text.envelope()).contains("hush"));
  }

  @Test
  void relationsOfAnyTypeNameTheirTarget() {
    RoomEvent event =
        message(
            """
            {"msgtype": "m.text", "body": "x",
             "m.relates_to": {"rel_type": "org.example.vote", "event_id": "$poll"}}
            """);
    assertEquals(Optional.of(new EventId("$poll")), event.envelope().relation("org.example.vote"));
    assertEquals(Optional.empty(), event.envelope().relation("m.thread"));
  }

  @Test
  void programsAreNotOfferedToSayHowFarAnEventIsTrusted() {
    // Who makes envelopes by hand gives all of it; there is no way to change one that has come.
    assertEquals(
        List.of(),
        Stream.of(Envelope.class.getMethods())
            .filter(method -> method.getReturnType() == Envelope.class)
            .toList());
    assertFalse(Modifier.isPublic(EventReader.class.getModifiers()));
  }
}
