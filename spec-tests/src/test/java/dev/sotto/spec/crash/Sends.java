package dev.sotto.spec.crash;

import static dev.sotto.spec.harness.Http.path;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.spec.harness.User;
import io.restassured.path.json.JsonPath;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A member of a room sends messages; a message that was not answered is sent again with the same
/// transaction id.
final class Sends implements Deed {
  private final User sender;
  private final String room;
  private final List<String> acknowledged = new ArrayList<>();

  Sends(User sender, String room) {
    this.sender = sender;
    this.room = room;
  }

  @Override
  public void next() {
    String body = "message " + acknowledged.size() + " of " + sender.localpart();
    String event =
        sender
            .put(
                path("/v3/rooms/{}/send/m.room.message/n{}", room, acknowledged.size()),
                "{\"msgtype\": \"m.text\", \"body\": \"" + body + "\"}")
            .then()
            .statusCode(200)
            .extract()
            .path("event_id");
    acknowledged.add(event);
  }

  @Override
  public void verify() {
    Map<String, List<String>> eventsOf = new HashMap<>();
    String from = "";
    for (@Nullable String next = from; next != null; ) {
      JsonPath page =
          sender
              .get(path("/v3/rooms/{}/messages?dir=b&limit=500", room) + from)
              .then()
              .statusCode(200)
              .extract()
              .jsonPath();
      for (Map<String, Object> event : page.<Map<String, Object>>getList("chunk")) {
        if (event.get("content") instanceof Map<?, ?> content
            && sender.id().equals(event.get("sender"))
            && content.get("body") instanceof String body) {
          eventsOf
              .computeIfAbsent(body, _ -> new ArrayList<>())
              .add(String.valueOf(event.get("event_id")));
        }
      }
      next = page.getString("end");
      from = next == null ? "" : path("&from={}", next);
    }
    for (int n = 0; n < acknowledged.size(); n++) {
      String body = "message " + n + " of " + sender.localpart();
      assertEquals(List.of(acknowledged.get(n)), eventsOf.get(body), body);
    }
    int unanswered = eventsOf.size() - acknowledged.size();
    assertEquals(0, Math.max(0, unanswered - 1), "messages that nobody was told of");
  }
}
