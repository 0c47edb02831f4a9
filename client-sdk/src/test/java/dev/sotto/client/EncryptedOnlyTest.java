package dev.sotto.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import dev.sotto.client.event.RoomEvent;
import dev.sotto.client.http.FakeServer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/// What a program's handlers hear in an encrypted room, at a scripted server.
class EncryptedOnlyTest {
  /// What happens in the room after the first answer to the sync.
  private volatile String events = "";

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().toString();
    String answer = "{\"one_time_key_counts\":{},\"chunk\":[]}";
    if (path.contains("/login")) {
      answer = "{\"user_id\":\"@bot:a.org\",\"device_id\":\"D\",\"access_token\":\"token\"}";
    } else if (path.contains("since=second")) {
      answer = "{\"next_batch\":\"second\"}";
    } else if (path.contains("/sync")) {
      answer = room(path.contains("since=first"));
    }
    FakeServer.json(200, answer, Map.of()).handle(exchange);
  }

  private String room(boolean second) {
    String encryption =
        event("$1", "m.room.encryption", "\"algorithm\":\"m.megolm.v1.aes-sha2\"")
            .replace("{\"type\"", "{\"state_key\":\"\",\"type\"");
    return """
        {"next_batch": "%s", "rooms": {"join": {"!room:a.org": {
          "state": {"events": [%s]}, "timeline": {"events": [%s]}}}}}
        """
        .formatted(second ? "second" : "first", second ? "" : encryption, second ? events : "");
  }

  private static String event(String id, String type, String content) {
    return """
        {"type":"%s","event_id":"%s","sender":"@ada:a.org","origin_server_ts":1,"content":{%s}}
        """
        .formatted(type, id, content)
        .strip();
  }

  @Test
  void whatDidNotComeEncryptedIsNotHeardInAnEncryptedRoom() throws InterruptedException {
    String said = "\"msgtype\":\"m.text\",\"body\":\"x\"";
    String relation = "\"m.relates_to\":{\"rel_type\":\"%s\",\"event_id\":\"$2\"%s}";
    events =
        String.join(
            ",",
            event("$2", "m.room.message", said),
            event(
                "$3",
                "m.room.message",
                said + ",\"m.new_content\":{" + said + "}," + relation.formatted("m.replace", "")),
            event("$4", "m.reaction", relation.formatted("m.annotation", ",\"key\":\"x\"")));
    List<String> heard = new CopyOnWriteArrayList<>();
    try (FakeServer server = new FakeServer().otherwise(this::answer);
        MatrixClient client = MatrixClient.at(server.url()).loginWithToken("once")) {
      client.onMessage((_, message) -> heard.add("message " + message.id()));
      client.onEdit((_, edit) -> heard.add("edit " + edit.id()));
      client.onReaction((_, reaction) -> heard.add("reaction " + reaction.id()));
      Heard<RoomEvent> all = new Heard<>();
      client.on(RoomEvent.class, (_, event) -> all.tell(event));
      client.start();
      all.await(event -> event.id().value().equals("$4"));
      assertTrue(client.awaitHandlers(Duration.ofSeconds(30)));
    }
    // Reactions are never encrypted.
    assertEquals(List.of("reaction $4"), heard);
  }
}
