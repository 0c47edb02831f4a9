package dev.sotto.client.terminal.demo;

import dev.sotto.client.http.HttpSettings;
import dev.sotto.client.http.Request;
import dev.sotto.client.http.Requests;
import dev.sotto.client.http.ServerAddress;
import dev.sotto.client.memory.SecretText;
import dev.sotto.client.session.Logins;
import dev.sotto.client.session.SavedSession;
import dev.sotto.client.session.Session;
import dev.sotto.client.session.SessionKeeper;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// An account without its keys: what whoever runs the server, or has found out a password, can see
/// and do. Nothing is encrypted or decrypted here.
final class ServerView implements AutoCloseable {
  private static final String ROOM = "/_matrix/client/v3/rooms/{}";
  private static final AtomicInteger COUNTER = new AtomicInteger();

  private final Session session;

  ServerView(String server, String user, String password) {
    try (Logins logins = new Logins(ServerAddress.of(server), settings())) {
      this.session =
          logins.withPassword(user, SecretText.of(password), "no keys here", new Forgetful());
    }
  }

  /// Keeps nothing: the session is for a few requests.
  private static final class Forgetful implements SessionKeeper {
    @Override
    public void keep(SavedSession session) {
      // It ends with this process.
    }

    @Override
    public void forget() {
      // Nothing was kept.
    }
  }

  private static HttpSettings settings() {
    return HttpSettings.usual("sotto-demo");
  }

  /// Makes an account.
  static void register(String server, String user, String password) {
    ObjectNode body = Json.object().put("username", user).put("password", password);
    body.put("inhibit_login", true).putObject("auth").put("type", "m.login.dummy");
    try (Requests requests = Requests.anonymous(ServerAddress.of(server), settings())) {
      requests.send(Request.post("/_matrix/client/v3/register").json(body));
    }
  }

  /// The newest events of a room as the server gives them, by their ids.
  Map<EventId, ObjectNode> events(RoomId room) {
    ObjectNode answer =
        session
            .requests()
            .send(
                Request.get(ROOM + "/messages", room.value())
                    .query("dir", "b")
                    .query("limit", "200"));
    Map<EventId, ObjectNode> events = new LinkedHashMap<>();
    for (JsonNode event : answer.path("chunk")) {
      if (event instanceof ObjectNode object) {
        events.put(new EventId(object.path("event_id").stringValue("")), object);
      }
    }
    return events;
  }

  /// Sends an event as it is.
  EventId send(RoomId room, String type, ObjectNode content) {
    String transaction = "demo" + COUNTER.incrementAndGet();
    return session
        .requests()
        .send(
            Request.put(ROOM + "/send/{}/{}", room.value(), type, transaction)
                .json(content)
                .repeatable(),
            answer -> new EventId(answer.path("event_id").stringValue("")));
  }

  @Override
  public void close() {
    session.close();
  }
}
