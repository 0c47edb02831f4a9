package dev.sotto.protocol.rules;

import static dev.sotto.protocol.rules.Events.json;
import static dev.sotto.protocol.rules.Events.version;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sotto.protocol.crypto.SigningKey;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.ServerName;
import dev.sotto.protocol.json.Json;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/// @spec https://spec.matrix.org/v1.19/client-server-api/#size-limits
class EventFormatTest {
  private static final String EVENT =
      """
      {'type':'x','state_key':'','room_id':'!r:d','sender':'@a:d','content':{},
       'hashes':{'sha256':'AA'},'depth':2,'origin_server_ts':1,'prev_events':['$a'],
       'auth_events':['$b'],'signatures':{}}
      """;
  private static final String OLD_EVENT =
      EVENT
          .replace("['$a']", "[['$a:d',{'sha256':'AA'}]]")
          .replace("['$b']", "[['$b:d',{'sha256':'AA'}]]")
          .replace("'type'", "'event_id':'$c:d','type'");

  @Test
  void wellFormedEventsAreEncoded() {
    for (RoomVersion version : RoomVersions.all()) {
      String event = version.referencesAreHashed() ? OLD_EVENT : EVENT;
      assertEquals(json(event), Json.parse(EventFormat.encode(version, json(event))));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "type",
        "room_id",
        "sender",
        "content",
        "hashes",
        "depth",
        "origin_server_ts",
        "prev_events",
        "auth_events"
      })
  void missingFieldsAreRefused(String field) {
    assertBad(10, event -> event.remove(field));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "type | 1",
        "state_key | null",
        "state_key | {}",
        "room_id | 'r'",
        "sender | 'a'",
        "sender | '@a'",
        "content | []",
        "hashes | {}",
        "hashes | {'sha256':1}",
        "depth | '1'",
        "depth | -1",
        "depth | 1.5",
        "depth | 9007199254740992",
        "origin_server_ts | 1e3",
        "prev_events | {}",
        "prev_events | [1]",
        "prev_events | ['a']",
        "prev_events | [['$a',{'sha256':'AA'}]]",
        "auth_events | [null]",
        "signatures | []",
        "unsigned | 1",
        "content | {'a':0.5}",
        "content | {'a':9007199254740992}"
      })
  void illTypedFieldsAreRefused(String field, String value) {
    assertBad(10, event -> event.set(field, json("{'v':" + value + "}").get("v")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"['$a:d']", "[['$a:d']]", "[['$a:d','x']]", "[[1,{}]]"})
  void referencesOfOldRoomsArePairs(String references) {
    ObjectNode event = json(OLD_EVENT);
    event.set("prev_events", json("{'v':" + references + "}").get("v"));
    assertRefused(ErrorCode.M_BAD_JSON, 1, event);
  }

  @Test
  void oldRoomsTakeAnyNumberAndDeepEvents() {
    ObjectNode event = json(OLD_EVENT);
    event.put("depth", Long.MAX_VALUE).putObject("content").put("a", 0.5).put("b", 1L << 60);
    EventFormat.check(version(2), event);
    event.remove("event_id");
    assertRefused(ErrorCode.M_BAD_JSON, 2, event);
  }

  @Test
  void referencesAreLimitedInNumber() {
    ObjectNode event = json(EVENT);
    for (int i = 2; i <= 20; i++) {
      event.withArray("prev_events").add("$" + i);
    }
    for (int i = 2; i <= 10; i++) {
      event.withArray("auth_events").add("$" + i);
    }
    EventFormat.check(version(12), event);
    ObjectNode wide = event.deepCopy();
    wide.withArray("prev_events").add("$one-more");
    assertRefused(ErrorCode.M_BAD_JSON, 12, wide);
    event.withArray("auth_events").add("$one-more");
    assertRefused(ErrorCode.M_BAD_JSON, 12, event);
  }

  @ParameterizedTest
  @ValueSource(strings = {"type", "state_key"})
  void keysEndAt255Bytes(String field) {
    ObjectNode event = json(EVENT);
    EventFormat.check(version(10), event.put(field, "ä".repeat(127) + "a"));
    assertRefused(ErrorCode.M_TOO_LARGE, 10, event.put(field, "ä".repeat(128)));
    assertRefused(ErrorCode.M_TOO_LARGE, 10, event.put(field, "a".repeat(256)));
  }

  @Test
  void eventsEndAt65536Bytes() {
    ObjectNode event = json(EVENT);
    int rest = EventFormat.MAX_BYTES - EventFormat.encode(version(10), event).length;
    int quotes = "'b':''".length();
    event.putObject("content").put("b", "a".repeat(rest - quotes));
    assertEquals(EventFormat.MAX_BYTES, EventFormat.encode(version(10), event).length);
    event.putObject("content").put("b", "a".repeat(rest - quotes + 1));
    assertRefused(ErrorCode.M_TOO_LARGE, 10, event);
  }

  @Test
  void unsignedEventsLeaveRoomForTheirSignature() {
    ObjectNode event = json(EVENT);
    event.remove("signatures");
    int rest = EventFormat.MAX_BYTES - EventFormat.encode(version(10), event).length;
    event.putObject("content").put("b", "a".repeat(rest - 10));
    assertRefused(ErrorCode.M_TOO_LARGE, 10, event);
    event.putObject("content").put("b", "a".repeat(rest - 300));
    EventSignatures.sign(
        version(10), event, new ServerName("d"), SigningKey.of("ed25519:a_AbCd", new byte[32]));
    EventFormat.check(version(10), event);
  }

  @Test
  void roomIsLeftOutOfCreateEventsFromVersion12On() {
    ObjectNode create = json(EVENT);
    create.put("type", "m.room.create");
    EventFormat.check(version(11), create);
    assertRefused(ErrorCode.M_BAD_JSON, 12, create);
    create.remove("room_id");
    EventFormat.check(version(12), create);
    assertRefused(ErrorCode.M_BAD_JSON, 11, create);
  }

  private static void assertBad(int version, Consumer<ObjectNode> change) {
    ObjectNode event = json(EVENT);
    change.accept(event);
    assertRefused(ErrorCode.M_BAD_JSON, version, event);
  }

  private static void assertRefused(ErrorCode code, int version, ObjectNode event) {
    MatrixException e =
        assertThrows(MatrixException.class, () -> EventFormat.check(version(version), event));
    assertEquals(code, e.code());
  }
}
