package dev.sotto.bench.load;

import dev.sotto.protocol.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.JsonNode;

/// One logged-in user on one connection.
final class Client implements AutoCloseable {
  private static final String API = "/_matrix/client/v3";
  private static final byte[] NOTHING = {};
  private static final AtomicLong TRANSACTIONS = new AtomicLong();

  private final Connection connection;
  private final String token;
  private final String userId;
  private String since = "";

  private Client(Connection connection, String token, String userId) {
    this.connection = connection;
    this.token = token;
    this.userId = userId;
  }

  /// Makes an account on a server where anybody may.
  static Client register(URI server, String name) {
    try {
      Connection connection = new Connection(server);
      String account =
          """
          {"username":"%s","password":"a long enough password","auth":{"type":"m.login.dummy"%s}}""";
      Connection.Answer answer =
          connection.send("POST", API + "/register", "", utf8(account.formatted(name, "")));
      if (answer.status() == 401) {
        String session = Json.parse(answer.body()).path("session").asString();
        String named = ",\"session\":\"" + session + "\"";
        answer =
            connection.send("POST", API + "/register", "", utf8(account.formatted(name, named)));
      }
      JsonNode json = require(answer);
      return new Client(
          connection, json.path("access_token").asString(), json.path("user_id").asString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String userId() {
    return userId;
  }

  /// A public encrypted room; returns its id.
  String createRoom() {
    return post(
            API + "/createRoom",
            """
            {"preset":"public_chat","initial_state":[{"type":"m.room.encryption","state_key":"",
            "content":{"algorithm":"m.megolm.v1.aes-sha2"}}]}""")
        .path("room_id")
        .asString();
  }

  void join(String room) {
    post(API + "/join/" + encode(room), "{}");
  }

  /// Sends 500 bytes of ciphertext that start with the time, so that a reader knows when.
  void send(String room) {
    String time = "T%019dT".formatted(System.nanoTime());
    String content =
        """
        {"algorithm":"m.megolm.v1.aes-sha2","ciphertext":"%s%s","session_id":\
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"""
            .formatted(time, "A".repeat(500 - time.length()));
    String path =
        API
            + "/rooms/"
            + encode(room)
            + "/send/m.room.encrypted/b"
            + TRANSACTIONS.incrementAndGet();
    require(call("PUT", path, utf8(content)));
  }

  /// Syncs from where it was, waiting up to `timeoutMillis`; returns the answer's bytes.
  byte[] sync(int timeoutMillis) {
    String path =
        API + "/sync?timeout=" + timeoutMillis + (since.isEmpty() ? "" : "&since=" + encode(since));
    Connection.Answer answer = call("GET", path, NOTHING);
    if (answer.status() != 200) {
      throw new IllegalStateException("sync: " + answer.status() + " " + answer.text());
    }
    since = nextBatch(answer.text());
    return answer.body();
  }

  void forgetSince() {
    since = "";
  }

  private static String nextBatch(String json) {
    int start = json.indexOf("\"next_batch\":\"") + 14;
    return json.substring(start, json.indexOf('"', start));
  }

  JsonNode post(String path, String json) {
    return require(call("POST", path, utf8(json)));
  }

  JsonNode get(String path) {
    return require(call("GET", path, NOTHING));
  }

  private Connection.Answer call(String method, String path, byte[] body) {
    try {
      return connection.send(method, path, token, body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode require(Connection.Answer answer) {
    if (answer.status() != 200) {
      throw new IllegalStateException(answer.status() + " " + answer.text());
    }
    return Json.parse(answer.body());
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /// The times that messages in `json` were sent at, in nanoseconds.
  static void times(byte[] json, List<Long> into) {
    for (int i = 0; i + 20 < json.length; i++) {
      if (json[i] == 'T' && json[i + 20] == 'T' && json[i - 1] == '"') {
        into.add(Long.valueOf(new String(json, i + 1, 19, StandardCharsets.US_ASCII)));
        i += 400;
      }
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
