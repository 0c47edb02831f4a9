package dev.sotto.client;

import static dev.sotto.client.Sandbox.BOT;
import static dev.sotto.client.Sandbox.ROOM;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.Inbox.Item;
import dev.sotto.client.session.SyncAnswer;
import dev.sotto.protocol.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;

/// News of a scripted server, and what is handed on of them.
abstract class NewsFixture {
  final Sandbox sandbox = new Sandbox();
  final List<Item> delivered = new CopyOnWriteArrayList<>();
  final List<Problem> problems = new ArrayList<>();
  final List<String> accepted = new ArrayList<>();
  int fetches;
  final Inbox inbox = new Inbox(sandbox.store);
  final Deliveries deliveries = new Deliveries(delivered::add, () -> {}, Duration.ofMinutes(1));
  final News news =
      new News(
          sandbox.kept,
          sandbox.rooms,
          inbox,
          deliveries,
          new Gaps(sandbox.calls, sandbox.handlers),
          sandbox.encryption,
          sandbox.currency,
          sandbox.pump,
          sandbox.handlers,
          new Signals(sandbox.handlers, _ -> sandbox.room),
          (room, from) -> accepted.add(room + " " + from),
          () -> fetches++,
          BOT);

  NewsFixture() {
    sandbox.handlers.addProblems(problems::add);
  }

  @AfterEach
  void close() {
    deliveries.close(Duration.ofSeconds(10));
    sandbox.close();
  }

  void answer(String rooms) {
    news.onAnswer(new SyncAnswer("next", Json.parseObject("{\"rooms\":" + rooms + "}")));
    assertTrue(deliveries.awaitNothing(Duration.ofSeconds(30)));
  }

  static String joined(String json) {
    return "{\"join\":{\"" + ROOM + "\":" + json + "}}";
  }

  static String timeline(String... events) {
    return joined("{\"timeline\":{\"events\":[" + String.join(",", events) + "]}}");
  }

  static String said(String id) {
    return """
        {"type": "m.room.message", "event_id": "%s", "sender": "@ada:example.org",
         "origin_server_ts": 1, "content": {"msgtype": "m.text", "body": "hello"}}
        """
        .formatted(id);
  }

  static String member(String id, String user, String membership) {
    return """
        {"type": "m.room.member", "event_id": "%s", "sender": "@ada:example.org",
         "state_key": "%s", "origin_server_ts": 1, "content": {"membership": "%s"}}
        """
        .formatted(id, user, membership);
  }

  static String cutOff(String... events) {
    return joined(
        "{\"timeline\":{\"limited\":true,\"prev_batch\":\"back\",\"events\":["
            + String.join(",", events)
            + "]}}");
  }

  List<String> ids() {
    return delivered.stream().map(item -> item.json().path("event_id").stringValue("")).toList();
  }

  /// As after a first answer, in which the room was.
  void begin() {
    answer(timeline(member("$join", BOT.value(), "join")));
    sandbox.kept.keep("since");
    delivered.clear();
  }
}
