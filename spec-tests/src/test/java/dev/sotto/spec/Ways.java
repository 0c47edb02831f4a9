package dev.sotto.spec;

import static dev.sotto.spec.harness.Http.path;

import dev.sotto.spec.harness.User;
import io.restassured.response.Response;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// The ways by which a client can tell a server a sentence, in a room of three users.
final class Ways {
  /// @param refused whether the whole is refused, or else taken without the sentence
  record Way(String name, boolean refused, Supplier<Response> request) {}

  private static final List<String> MESSAGE_TYPES =
      List.of(
          "m.room.message",
          "m.sticker",
          "m.text",
          "m.message",
          "m.poll.start",
          "org.matrix.msc3381.poll.start",
          "org.matrix.msc3381.poll.response",
          "m.beacon",
          "m.call.invite",
          "m.call.hangup",
          "m.call.candidates",
          "m.room.name",
          "m.room.topic",
          "m.room_key",
          "m.reaction",
          "m.room.encrypted",
          "m.key.verification.start",
          "m.key.verification.cancel",
          "m.rtc.notification",
          "io.element.voice_broadcast_info",
          "org.example.note");

  private static final List<String> STATE_TYPES =
      List.of(
          "m.room.message",
          "m.room.encrypted",
          "m.room.encryption",
          "m.sticker",
          "m.reaction",
          "m.room.aliases",
          "m.beacon",
          "m.widget",
          "im.vector.modular.widgets",
          "org.matrix.msc3401.call.member",
          "org.example.note");

  private final String sentence;
  private final User alice;
  private final User bob;
  private final User carol;
  private final List<Way> ways = new ArrayList<>();

  Ways(String sentence, User alice, User bob, User carol) {
    this.sentence = sentence;
    this.alice = alice;
    this.bob = bob;
    this.carol = carol;
  }

  List<Way> all(String room) {
    String message = alice.sendEncrypted(room);
    messages(room, message);
    besideCiphertext(room, message);
    signalling(room, message);
    state(room);
    memberships(room);
    creation();
    toDevice();
    media();
    keys();
    backup(room);
    return List.copyOf(ways);
  }

  private void refused(String name, Supplier<Response> request) {
    ways.add(new Way(name, true, request));
  }

  private void leftOut(String name, Supplier<Response> request) {
    ways.add(new Way(name, false, request));
  }

  /// JSON in which `~` stands for the sentence.
  private String json(String template) {
    return template.replace("~", sentence);
  }

  private void messages(String room, String message) {
    for (String type : MESSAGE_TYPES) {
      String text = json("{\"msgtype\": \"m.text\", \"body\": \"~\"}");
      refused("send " + type, () -> alice.trySend(room, type, text));
    }
    refused("a type that is a sentence", () -> alice.trySend(room, sentence, "{}"));
    refused(
        "an edit in the clear",
        () ->
            alice.trySend(
                room,
                "m.room.message",
                json(
                    """
                    {"msgtype": "m.text", "body": "* ~", "m.new_content": {"body": "~"},
                     "m.relates_to": {"rel_type": "m.replace", "event_id": "EVENT"}}
                    """
                        .replace("EVENT", message))));
    refused(
        "a reaction of words",
        () ->
            bob.trySend(
                room,
                "m.reaction",
                json(
                    """
                    {"m.relates_to":
                      {"rel_type": "m.annotation", "event_id": "EVENT", "key": "~"}}
                    """
                        .replace("EVENT", message))));
    leftOut(
        "words beside a reaction",
        () ->
            bob.trySend(
                room,
                "m.reaction",
                json(
                    """
                    {"m.relates_to":
                      {"rel_type": "m.annotation", "event_id": "EVENT", "key": "🐦", "note": "~"},
                     "body": "~", "~": 1}
                    """
                        .replace("EVENT", message))));
    leftOut(
        "the reason of a redaction",
        () -> {
          String target = alice.sendEncrypted(room);
          return alice.put(
              path("/v3/rooms/{}/redact/{}/{}", room, target, alice.transaction()),
              json("{\"reason\": \"~\"}"));
        });
    leftOut(
        "the reason of a redaction that is sent as an event",
        () ->
            alice.trySend(
                room,
                "m.room.redaction",
                json("{\"redacts\": \"" + alice.sendEncrypted(room) + "\", \"reason\": \"~\"}")));
    redactedNames(room);
    refused(
        "a transaction id",
        () ->
            alice.put(
                path("/v3/rooms/{}/send/m.room.encrypted/{}", room, sentence), User.ENCRYPTED));
  }

  private void redactedNames(String room) {
    String old = alice.createRoom("{\"room_version\": \"6\"}");
    for (String in : List.of(room, old)) {
      refused(
          "the name of a redacted event, in " + in,
          () ->
              alice.put(
                  path("/v3/rooms/{}/redact/{}/{}", in, "$" + sentence, alice.transaction()),
                  "{}"));
    }
  }

  private void besideCiphertext(String room, String message) {
    for (String more :
        List.of(
            "\"body\": \"~\"",
            "\"m.new_content\": {\"body\": \"~\"}",
            "\"org.example.fallback\": {\"a\": [\"~\"]}",
            "\"~\": true",
            "\"device_id\": \"~\"",
            "\"sender_key\": \"~\"",
            "\"session_id\": \"~\"",
            "\"ciphertext\": \"~\"",
            "\"ciphertext\": {\"body\": \"~\"}",
            "\"algorithm\": \"~\"",
            "\"m.relates_to\": {\"rel_type\": \"~\", \"event_id\": \"EVENT\"}",
            "\"m.relates_to\": {\"rel_type\": \"m.thread\", \"event_id\": \"~\"}",
            "\"m.relates_to\": {\"rel_type\": \"m.thread\", \"event_id\": \"$~\"}",
            "\"m.relates_to\": {\"rel_type\": \"m.thread\", \"event_id\": \"EVENT\","
                + " \"body\": \"~\"}",
            "\"m.relates_to\": {\"rel_type\": \"m.annotation\", \"event_id\": \"EVENT\","
                + " \"key\": \"~\"}",
            "\"m.relates_to\": {\"m.in_reply_to\": {\"event_id\": \"EVENT\", \"body\": \"~\"}}")) {
      String name = more.substring(1, more.indexOf('"', 1));
      String content =
          "{\"algorithm\": \"m.megolm.v1.aes-sha2\", \"ciphertext\": \"AwgA\","
              + " \"session_id\": \"X3lU\"}";
      String replaced =
          content.contains("\"" + name + "\"")
              ? content.replaceFirst(
                  "\"" + name + "\": \"[^\"]*\"", json(more).replace("\\", "\\\\"))
              : content.replace("}", ", " + json(more).replace("EVENT", message) + "}");
      refused(
          "beside ciphertext: " + more, () -> alice.trySend(room, "m.room.encrypted", replaced));
    }
  }

  private void signalling(String room, String message) {
    String reference = "\"m.relates_to\": {\"rel_type\": \"m.reference\", \"event_id\": \"EVENT\"}";
    leftOut(
        "the text of a request to verify",
        () ->
            alice.trySend(
                room,
                "m.room.message",
                json(
                    """
                    {"msgtype": "m.key.verification.request", "body": "~", "formatted_body": "~",
                     "from_device": "ABC", "methods": ["m.sas.v1"], "to": "%s"}
                    """
                        .formatted(bob.id()))));
    leftOut(
        "the reason for ending a verification",
        () ->
            alice.trySend(
                room,
                "m.key.verification.cancel",
                json("{\"code\": \"m.user\", \"reason\": \"~\", " + reference + "}")
                    .replace("EVENT", message)));
    refused(
        "the code for ending a verification",
        () ->
            alice.trySend(
                room,
                "m.key.verification.cancel",
                json("{\"code\": \"~\", " + reference + "}").replace("EVENT", message)));
    leftOut(
        "words beside a ring",
        () ->
            alice.trySend(
                room,
                "org.matrix.msc4075.rtc.notification",
                json(
                    """
                    {"sender_ts": 1, "lifetime": 30000, "notification_type": "ring",
                     "m.mentions": {"room": true, "body": "~"}, "body": "~"}
                    """)));
  }

  private void state(String room) {
    for (String type : STATE_TYPES) {
      String text = json("{\"body\": \"~\", \"msgtype\": \"m.text\"}");
      refused("state " + type, () -> alice.put(statePath(room, type, ""), text));
    }
    refused("a type of state", () -> alice.put(statePath(room, sentence, ""), "{}"));
    for (String type : List.of("m.room.name", "m.room.topic", "m.widget", "m.space.child")) {
      refused("the state key of " + type, () -> alice.put(statePath(room, type, sentence), "{}"));
    }
    setState(room, false, "m.room.avatar", "{\"url\": \"mxc://a/b\", \"body\": \"~\"}");
    setState(room, true, "m.room.avatar", "{\"url\": \"~\"}");
    setState(room, false, "m.room.topic", "{\"topic\": \"Birds\", \"note\": \"~\"}");
    setState(room, false, "m.room.name", "{\"name\": \"Friends\", \"~\": \"~\"}");
    setState(room, true, "m.room.pinned_events", "{\"pinned\": [\"~\"]}");
    setState(room, false, "m.room.pinned_events", "{\"pinned\": [], \"why\": \"~\"}");
    setState(room, true, "m.room.server_acl", "{\"allow\": [\"*\"], \"deny\": [\"~\"]}");
    setState(room, true, "m.room.join_rules", "{\"join_rule\": \"~\"}");
    setState(room, true, "m.room.history_visibility", "{\"history_visibility\": \"~\"}");
    setState(room, true, "m.room.guest_access", "{\"guest_access\": \"~\"}");
    setState(room, true, "m.room.power_levels", "{\"events\": {\"~\": 50}}");
    leftOut(
        "the reason of a moderation rule",
        () ->
            alice.put(
                statePath(room, "m.policy.rule.user", "r"),
                json(
                    """
                    {"entity": "@x:example.org", "recommendation": "m.ban", "reason": "~"}
                    """)));
    leftOut(
        "the farewell of a replaced room",
        () ->
            alice.put(
                statePath(alice.createRoom(), "m.room.tombstone", ""),
                json("{\"body\": \"~\", \"replacement_room\": \"" + room + "\"}")));
  }

  private void setState(String room, boolean isRefused, String type, String template) {
    ways.add(
        new Way(
            "state " + type + " " + template,
            isRefused,
            () -> alice.put(statePath(room, type, ""), json(template))));
  }

  private static String statePath(String room, String type, String stateKey) {
    return path("/v3/rooms/{}/state/{}/{}", room, type, stateKey);
  }

  private void memberships(String room) {
    String about = json("{\"user_id\": \"USER\", \"reason\": \"~\"}");
    String reason = json("{\"reason\": \"~\"}");
    leftOut("the reason of a leave", () -> carol.post(path("/v3/rooms/{}/leave", room), reason));
    leftOut(
        "the reason of an invitation",
        () -> alice.post(path("/v3/rooms/{}/invite", room), about.replace("USER", carol.id())));
    leftOut("the reason of a join", () -> carol.post(path("/v3/join/{}", room), reason));
    for (String act : List.of("kick", "ban", "unban")) {
      leftOut(
          "the reason of a " + act,
          () -> alice.post(path("/v3/rooms/{}/{}", room, act), about.replace("USER", carol.id())));
    }
    leftOut(
        "the reason of a knock",
        () -> {
          String closed =
              alice.createRoom(
                  """
                  {"initial_state":
                    [{"type": "m.room.join_rules", "content": {"join_rule": "knock"}}]}
                  """);
          return carol.post(path("/v3/knock/{}", closed), reason);
        });
    leftOut(
        "a membership as state",
        () ->
            bob.put(
                statePath(room, "m.room.member", bob.id()),
                json("{\"membership\": \"join\", \"reason\": \"~\", \"status\": {\"a\": \"~\"}}")));
    refused(
        "the picture of a member",
        () ->
            bob.put(
                statePath(room, "m.room.member", bob.id()),
                json("{\"membership\": \"join\", \"avatar_url\": \"~\"}")));
  }

  private void creation() {
    for (String body :
        List.of(
            "{\"initial_state\": [{\"type\": \"m.room.message\", \"content\": {\"body\": \"~\"}}]}",
            "{\"initial_state\": [{\"type\": \"org.example.note\", \"content\": {\"a\": \"~\"}}]}",
            "{\"initial_state\": [{\"type\": \"m.room.encryption\", \"state_key\": \"~\","
                + " \"content\": {\"algorithm\": \"m.megolm.v1.aes-sha2\"}}]}",
            "{\"initial_state\": [{\"type\": \"~\", \"content\": {}}]}",
            "{\"creation_content\": {\"type\": \"~\"}}",
            "{\"power_level_content_override\": {\"events\": {\"~\": 0}}}")) {
      refused("createRoom " + body, () -> alice.post("/v3/createRoom", json(body)));
    }
    leftOut(
        "createRoom with words in its creation and its levels",
        () ->
            alice.post(
                "/v3/createRoom",
                json(
                    """
                    {"creation_content": {"note": "~"},
                     "power_level_content_override": {"note": "~"},
                     "initial_state": [{"type": "m.room.guest_access",
                       "content": {"guest_access": "forbidden", "note": "~"}}]}
                    """)));
  }

  private void toDevice() {
    for (String type :
        List.of(
            "m.room_key",
            "m.forwarded_room_key",
            "m.secret.send",
            "m.room_key_bundle",
            "m.room.message",
            "m.room.encrypted",
            "m.call.invite",
            "m.key.verification.cancel",
            "io.element.call.encryption_keys",
            "org.example.note")) {
      refused("to a device: " + type, () -> send(type, alice.transaction(), "{\"body\": \"~\"}"));
    }
    refused("to a device: a type", () -> send(sentence, alice.transaction(), "{}"));
    refused("to a device: a transaction id", () -> send("m.dummy", sentence, "{}"));
    leftOut("to a device: m.dummy", () -> send("m.dummy", alice.transaction(), "{\"a\": \"~\"}"));
    leftOut(
        "to a device: the reason why a key is withheld",
        () ->
            send(
                "m.room_key.withheld",
                alice.transaction(),
                """
                {"algorithm": "m.megolm.v1.aes-sha2", "sender_key": "AAAA",
                 "code": "m.unverified", "reason": "~"}
                """));
    leftOut(
        "to a device: the reason for ending a verification",
        () ->
            send(
                "m.key.verification.cancel",
                alice.transaction(),
                "{\"transaction_id\": \"t\", \"code\": \"m.user\", \"reason\": \"~\"}"));
  }

  private Response send(String type, String txnId, String template) {
    return alice.put(
        path("/v3/sendToDevice/{}/{}", type, txnId),
        "{\"messages\": {\"" + bob.id() + "\": {\"*\": " + json(template) + "}}}");
  }

  private void media() {
    leftOut(
        "the name and the type of a file",
        () ->
            alice
                .request()
                .contentType("text/plain")
                .body("ciphertext".getBytes(StandardCharsets.UTF_8))
                .post(path("/_matrix/media/v3/upload?filename={}", sentence + ".txt")));
    leftOut(
        "the name of a file that is uploaded later",
        () -> {
          String uri =
              alice
                  .post("/_matrix/media/v1/create", "{}")
                  .then()
                  .statusCode(200)
                  .extract()
                  .path("content_uri");
          return alice
              .request()
              .contentType("application/octet-stream")
              .body("ciphertext".getBytes(StandardCharsets.UTF_8))
              .put("/_matrix/media/v3/upload/" + uri.substring(6) + path("?filename={}", sentence));
        });
  }

  private void keys() {
    for (String keys :
        List.of(
            "{\"curve25519:AAAA\": \"~\"}",
            "{\"curve25519:~\": \"AAAA\"}",
            "{\"~:AAAA\": \"AAAA\"}")) {
      for (String kind : List.of("one_time_keys", "fallback_keys")) {
        refused(
            "keys: " + kind + " " + keys,
            () -> alice.post("/v3/keys/upload", json("{\"" + kind + "\": " + keys + "}")));
      }
    }
    refused(
        "keys: beside a cross-signing key",
        () ->
            alice.post(
                "/v3/keys/device_signing/upload",
                json(
                    """
                    {"master_key": {
                      "user_id": "USER", "usage": ["master"], "note": "~", "keys": {
                        "ed25519:lEuiRJBit0IG6nUf5pUzWTUEsRVVe/HJkoKuEww9ULI":
                          "lEuiRJBit0IG6nUf5pUzWTUEsRVVe/HJkoKuEww9ULI"}}}
                    """
                        .replace("USER", alice.id()))));
    leftOut(
        "keys: beside a signature",
        () ->
            alice.post(
                "/v3/keys/signatures/upload",
                json("{\"USER\": {\"DEVICE\": {\"note\": \"~\", \"signatures\": {\"~\": {}}}}}")
                    .replace("USER", alice.id())
                    .replace("DEVICE", alice.deviceId())));
    for (String data :
        List.of(
            "{\"algorithm\": \"~\", \"device_pickle\": \"AAAA\"}",
            "{\"algorithm\": \"org.matrix.msc3814.v2\", \"device_pickle\": \"~\"}",
            "{\"algorithm\": \"org.matrix.msc3814.v2\","
                + " \"device_pickle\": \"AA\", \"a\": \"~\"}")) {
      refused(
          "a dehydrated device's " + data,
          () ->
              alice.put(
                  "/unstable/org.matrix.msc3814.v1/dehydrated_device",
                  json("{\"device_id\": \"D\", \"device_data\": " + data + "}")));
    }
    refused(
        "a device id",
        () ->
            alice
                .server()
                .anonymously()
                .post(
                    "/v3/login",
                    json(
                        """
                        {"type": "m.login.password", "user": "USER", "password": "PASSWORD",
                         "device_id": "~"}
                        """
                            .replace("USER", alice.id())
                            .replace("PASSWORD", alice.password()))));
  }

  private void backup(String room) {
    String algorithm = "\"algorithm\": \"m.megolm_backup.v1.curve25519-aes-sha2\"";
    for (String authData :
        List.of("{\"public_key\": \"~\"}", "{\"public_key\": \"AAAA\", \"a\": \"~\"}")) {
      String body = "{" + algorithm + ", \"auth_data\": " + authData + "}";
      refused("a backup's " + authData, () -> alice.post("/v3/room_keys/version", json(body)));
    }
    refused(
        "a key in a backup",
        () -> {
          String version =
              alice
                  .post(
                      "/v3/room_keys/version",
                      """
                      {"algorithm": "m.megolm_backup.v1.curve25519-aes-sha2",
                       "auth_data": {"public_key": "AAAA", "signatures": {}}}
                      """)
                  .then()
                  .statusCode(200)
                  .extract()
                  .path("version");
          return alice.put(
              path("/v3/room_keys/keys/{}/{}?version={}", room, "X3lU", version),
              json(
                  """
                  {"first_message_index": 0, "forwarded_count": 0, "is_verified": true,
                   "session_data": {"session_key": "~"}}
                  """));
        });
  }
}
