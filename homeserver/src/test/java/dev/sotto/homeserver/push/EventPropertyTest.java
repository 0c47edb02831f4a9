package dev.sotto.homeserver.push;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.sotto.protocol.id.UserId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class EventPropertyTest {
  private final PretendRoom room = new PretendRoom();
  private final UnreadEvent event =
      room.state(new UserId("@bob:example.org"), "m.x", "key", "{'a.b':{'c':'deep'}}");

  private @Nullable String text(String path) {
    JsonNode value = new EventProperty(path).of(event, room);
    return value == null ? null : value.asString("");
  }

  @Test
  void whatEveryEventHasIsFound() {
    assertEquals("m.x", text("type"));
    assertEquals("@bob:example.org", text("sender"));
    assertEquals("key", text("state_key"));
    assertEquals("!room:example.org", text("room_id"));
    assertEquals("$1", text("event_id"));
    assertEquals("deep", text("content.a\\.b.c"));
  }

  @Test
  void whatIsNotThereIsNothing() {
    assertNull(text("content.a.b.c"));
    assertNull(text("type.x"));
    assertNull(text("unsigned.age"));
    assertNull(text(""));
    UnreadEvent message = room.message(new UserId("@bob:example.org"));
    assertNull(new EventProperty("state_key").of(message, room));
  }
}
