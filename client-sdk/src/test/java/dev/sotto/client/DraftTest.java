package dev.sotto.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.client.event.RoomEvent;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.json.Json;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class DraftTest {
  private final Sandbox sandbox = new Sandbox().knowing(false);

  @AfterEach
  void close() {
    sandbox.close();
  }

  private RoomEvent said(String relation) {
    return sandbox.room.decrypt(
        Json.parseObject(
            """
            {"type": "m.room.message", "event_id": "$asked", "sender": "@ada:example.org",
             "origin_server_ts": 1, "content": {"msgtype": "m.text", "body": "x"%s}}
            """
                .formatted(relation)));
  }

  private RoomEvent saidInThread() {
    return said(",\"m.relates_to\":{\"rel_type\":\"m.thread\",\"event_id\":\"$root\"}");
  }

  private static void assertRelation(String expected, Draft draft) {
    assertEquals(Json.parseObject(expected), draft.content().path("m.relates_to"));
  }

  @Test
  void answerToAMessageOfAThreadStaysInIt() {
    String inThread =
        """
        {"rel_type": "m.thread", "event_id": "$root", "is_falling_back": false,
         "m.in_reply_to": {"event_id": "$asked"}}
        """;
    assertRelation(inThread, Draft.text("yes").replyTo(saidInThread()));
    sandbox.answerEvent();
    sandbox.room.reply(saidInThread(), "yes");
    JsonNode sent = sandbox.body(0).path("m.relates_to");
    assertEquals(Json.parseObject(inThread), sent);
  }

  @Test
  void answerOutsideOfAThreadIsInNone() {
    assertRelation(
        "{\"m.in_reply_to\": {\"event_id\": \"$asked\"}}", Draft.text("yes").replyTo(said("")));
  }

  @Test
  void threadThatTheAuthorHasNamedHolds() {
    assertRelation(
        """
        {"rel_type": "m.thread", "event_id": "$other", "is_falling_back": false,
         "m.in_reply_to": {"event_id": "$asked"}}
        """,
        Draft.text("yes").inThread(new EventId("$other")).replyTo(saidInThread()));
  }
}
