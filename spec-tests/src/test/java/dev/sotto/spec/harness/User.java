package dev.sotto.spec.harness;

import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.util.concurrent.atomic.AtomicLong;

/// Somebody with an account, on one device.
public final class User extends Http {
  /// What a message looks like to a server when it is encrypted.
  public static final String ENCRYPTED =
      """
      {
        "algorithm": "m.megolm.v1.aes-sha2",
        "ciphertext": "AwgAEnACgAkLmt6qF84IK++J7UDH2Za1YVchHyprqTqsg2yyOwAtHaZTwyNg37afzg8f3r9I",
        "device_id": "RJYKSTBOIE",
        "sender_key": "IlRMeOPX2e0MurIyfWEucYBRVOEEUMrOHqn/8mLqMjA",
        "session_id": "X3lUlvLELLYxeTx4yOVu6UDpasGEVO0Jbu+QFnm0cKQ"
      }
      """;

  static final String PASSWORD = "a good long password";

  private final AtomicLong transactions = new AtomicLong();
  private final String id;
  private final String token;
  private final String deviceId;

  User(Server server, JsonPath login) {
    super(server, login.getString("access_token"));
    this.id = login.getString("user_id");
    this.token = login.getString("access_token");
    this.deviceId = login.getString("device_id");
  }

  /// The full id, such as `@alice-1:localhost`.
  public String id() {
    return id;
  }

  public String localpart() {
    return id.substring(1, id.indexOf(':'));
  }

  public String token() {
    return token;
  }

  public String deviceId() {
    return deviceId;
  }

  public String password() {
    return PASSWORD;
  }

  /// The same user on a further device.
  public User onAnotherDevice() {
    return server().login(id);
  }

  /// A transaction id that was not used before.
  public String transaction() {
    return "t" + transactions.incrementAndGet();
  }

  /// A private room of this user's own.
  public String createRoom() {
    return createRoom("{\"preset\": \"private_chat\"}");
  }

  /// A room as the body of `createRoom` describes it.
  public String createRoom(String body) {
    return post("/v3/createRoom", body).then().statusCode(200).extract().path("room_id");
  }

  /// A private room in which the others are members too.
  public String createRoomWith(User... others) {
    String room = createRoom();
    for (User other : others) {
      invite(room, other);
      other.join(room);
    }
    return room;
  }

  public void invite(String room, User other) {
    post(path("/v3/rooms/{}/invite", room), "{\"user_id\": \"" + other.id() + "\"}")
        .then()
        .statusCode(200);
  }

  public void join(String roomOrAlias) {
    post(path("/v3/join/{}", roomOrAlias), "{}").then().statusCode(200);
  }

  public void leave(String room) {
    post(path("/v3/rooms/{}/leave", room), "{}").then().statusCode(200);
  }

  /// Sends a text in the clear and returns its event id; for servers that take it.
  public String say(String room, String text) {
    return send(room, "m.room.message", "{\"msgtype\": \"m.text\", \"body\": \"" + text + "\"}");
  }

  /// Sends what looks like an encrypted message, and returns its event id.
  public String sendEncrypted(String room) {
    return send(room, "m.room.encrypted", ENCRYPTED);
  }

  /// Sends an event and returns its id.
  public String send(String room, String type, String content) {
    return trySend(room, type, content).then().statusCode(200).extract().path("event_id");
  }

  /// Sends an event, whatever the answer is.
  public Response trySend(String room, String type, String content) {
    return put(path("/v3/rooms/{}/send/{}/{}", room, type, transaction()), content);
  }

  /// Sets a state event with an empty state key and returns its id.
  public String setState(String room, String type, String content) {
    return put(path("/v3/rooms/{}/state/{}", room, type), content)
        .then()
        .statusCode(200)
        .extract()
        .path("event_id");
  }

  /// The initial sync.
  public JsonPath sync() {
    return syncWith("timeout=0");
  }

  /// What is new since a token; it waits for nothing.
  public JsonPath sync(String since) {
    return syncWith(path("timeout=0&since={}", since));
  }

  /// A sync with the query as it is given, such as `since=..&timeout=1000&filter=0`.
  public JsonPath syncWith(String query) {
    return get("/v3/sync?" + query).then().statusCode(200).extract().jsonPath();
  }

  /// The token from which the next sync goes on.
  public String now() {
    return sync().getString("next_batch");
  }
}
