package dev.sotto.protocol.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class EventTest {
  private static final EventId ID = new EventId("$id");
  private static final String JSON =
      """
      {"type":"m.room.member","state_key":"@b:d","room_id":"!r:d","sender":"@a:d",
       "content":{"membership":"invite","n":1},"depth":3,"origin_server_ts":5,
       "prev_events":["$p"],"auth_events":["$q","$r"],"unknown":{"kept":true}}
      """;

  @Test
  void fieldsAreRead() {
    ObjectNode json = Json.parseObject(JSON);
    Event event = Event.of(ID, json);
    assertEquals(ID, event.id());
    assertEquals("m.room.member", event.type());
    assertEquals("@b:d", event.stateKey());
    assertTrue(event.isState());
    assertTrue(event.isState("m.room.member"));
    assertFalse(event.isState("m.room.name"));
    assertEquals(StateKey.member(new UserId("@b:d")), event.key());
    assertEquals(new UserId("@a:d"), event.sender());
    assertEquals(new RoomId("!r:d"), event.roomId());
    assertEquals("invite", event.contentString("membership"));
    assertNull(event.contentString("n"));
    assertNull(event.contentString("none"));
    assertEquals(3, event.depth());
    assertEquals(5, event.originServerTs());
    assertEquals(List.of(new EventId("$p")), event.prevEvents());
    assertEquals(List.of(new EventId("$q"), new EventId("$r")), event.authEvents());
    assertSame(json, event.json());
  }

  @Test
  void messageLikeEventHasNoStateKey() {
    ObjectNode json = Json.parseObject(JSON);
    json.remove("state_key");
    Event event = Event.of(ID, json);
    assertFalse(event.isState());
    assertNull(event.stateKey());
    assertThrows(IllegalStateException.class, event::key);
  }

  @Test
  void referencesOfOldRoomsAreReadToo() {
    ObjectNode json = Json.parseObject(JSON);
    json.putArray("prev_events").addArray().add("$a:d").addObject().put("sha256", "AA");
    assertEquals(List.of(new EventId("$a:d")), Event.of(ID, json).prevEvents());
  }

  @Test
  void eventsAreEqualWhenTheirIdsAre() {
    Event event = Event.of(ID, Json.parseObject(JSON));
    assertEquals(event, Event.of(ID, Json.parseObject(JSON)));
    assertFalse(event.equals(Event.of(new EventId("$other"), Json.parseObject(JSON))));
    assertEquals("m.room.member $id", event.toString(), "nothing of the content");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "type",
        "sender",
        "content",
        "depth",
        "origin_server_ts",
        "prev_events",
        "auth_events"
      })
  void missingFieldsAreRefused(String field) {
    ObjectNode json = Json.parseObject(JSON);
    json.remove(field);
    assertRefused(json);
  }

  @ParameterizedTest
  @CsvSource({
    "type, 1",
    "state_key, null",
    "sender, \"a\"",
    "room_id, \"!\"",
    "content, []",
    "depth, 1.5",
    "depth, 99999999999999999999",
    "origin_server_ts, true",
    "prev_events, {}",
    "prev_events, [1]",
    "auth_events, [[\"$a\"]]",
    "auth_events, [\"a\"]"
  })
  void illTypedFieldsAreRefused(String field, String value) {
    ObjectNode json = Json.parseObject(JSON);
    json.set(field, Json.parse(value));
    assertRefused(json);
  }

  private static void assertRefused(ObjectNode json) {
    MatrixException e = assertThrows(MatrixException.class, () -> Event.of(ID, json));
    assertEquals(ErrorCode.M_BAD_JSON, e.code());
  }
}
