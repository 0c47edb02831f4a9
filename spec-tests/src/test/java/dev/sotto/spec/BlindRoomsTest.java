package dev.sotto.spec;

import static dev.sotto.spec.harness.Http.path;
import static org.hamcrest.Matchers.anEmptyMap;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.startsWith;

import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import io.restassured.response.Response;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// On a server that requires encryption every room is encrypted from its first moment, and stays
/// so.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#mroomencryption
class BlindRoomsTest {
  private static final String MEGOLM = "{\"algorithm\": \"m.megolm.v1.aes-sha2\"}";

  private final User alice = Server.blind().register("alice");

  private void assertEncrypted(String room) {
    alice
        .get(path("/v3/rooms/{}/state/m.room.encryption", room))
        .then()
        .statusCode(200)
        .body("algorithm", equalTo("m.megolm.v1.aes-sha2"));
  }

  private static void assertRefused(Response answer) {
    answer
        .then()
        .statusCode(403)
        .body("errcode", equalTo("M_FORBIDDEN"))
        .body("error", startsWith("This server only accepts end-to-end encrypted messages. "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"event_id\": \"TARGET\"}",
        "{\"m.in_reply_to\": {\"event_id\": \"TARGET\"}}",
        "{\"rel_type\": \"m.thread\", \"event_id\": \"TARGET\"}",
        "{\"rel_type\": \"m.thread\", \"event_id\": \"KNOWN\","
            + " \"m.in_reply_to\": {\"event_id\": \"TARGET\"}}"
      })
  void whatIsPointedAtMustBeInTheRoom(String relation) {
    String room = alice.createRoom();
    String known = alice.sendEncrypted(room);
    String elsewhere = alice.sendEncrypted(alice.createRoom());
    for (String target : List.of("$meet-me-at-noon", elsewhere)) {
      alice
          .trySend(room, "m.room.encrypted", pointing(relation, target, known))
          .then()
          .statusCode(400)
          .body("errcode", equalTo("M_UNKNOWN"));
    }
    alice.send(room, "m.room.encrypted", pointing(relation, known, known));
  }

  @ParameterizedTest
  @ValueSource(strings = {"6", "12"})
  void whatIsRedactedMustBeInTheRoom(String version) {
    String room = alice.createRoom("{\"room_version\": \"" + version + "\"}");
    String elsewhere = alice.sendEncrypted(alice.createRoom());
    for (String target : List.of("$meet-me-at-noon", elsewhere)) {
      for (Response answer :
          List.of(
              alice.put(path("/v3/rooms/{}/redact/{}/{}", room, target, alice.transaction()), "{}"),
              alice.trySend(room, "m.room.redaction", "{\"redacts\": \"" + target + "\"}"))) {
        answer.then().statusCode(404).body("errcode", equalTo("M_NOT_FOUND"));
      }
    }
  }

  private static String pointing(String relation, String target, String known) {
    String filled = relation.replace("TARGET", target).replace("KNOWN", known);
    return User.ENCRYPTED.strip().replaceFirst("}$", "") + ", \"m.relates_to\": " + filled + "}";
  }

  private String encryptionEvent(String room) {
    return alice
        .get(path("/v3/rooms/{}/state", room))
        .then()
        .statusCode(200)
        .extract()
        .path("find { it.type == 'm.room.encryption' }.event_id");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"preset\": \"private_chat\"}",
        "{\"preset\": \"trusted_private_chat\", \"is_direct\": true}",
        "{\"preset\": \"public_chat\"}",
        "{\"visibility\": \"public\"}",
        "{\"creation_content\": {\"type\": \"m.space\"}}",
        "{\"initial_state\": []}",
        "{\"initial_state\": [{\"type\": \"m.room.encryption\", \"content\":"
            + " {\"algorithm\": \"m.megolm.v1.aes-sha2\", \"rotation_period_msgs\": 50}}]}"
      })
  void everyRoomIsMadeEncrypted(String body) {
    assertEncrypted(alice.createRoom(body));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"algorithm\": null}",
        "{\"algorithm\": \"\"}",
        "{\"algorithm\": \"org.example.rot13\"}",
        "{\"algorithm\": \"m.megolm.v1.aes-sha2\", \"rotation_period_ms\": 604800001}",
        "{\"algorithm\": \"m.megolm.v1.aes-sha2\", \"rotation_period_msgs\": 101}",
        "{\"algorithm\": \"m.megolm.v1.aes-sha2\", \"rotation_period_msgs\": \"100\"}"
      })
  void encryptionCanBeNeitherRemovedNorWeakened(String content) {
    assertRefused(
        alice.post(
            "/v3/createRoom",
            "{\"initial_state\": [{\"type\": \"m.room.encryption\", \"state_key\": \"\","
                + " \"content\": "
                + content
                + "}]}"));
    String room = alice.createRoom();
    assertRefused(alice.put(path("/v3/rooms/{}/state/m.room.encryption", room), content));
    assertRefused(alice.put(path("/v3/rooms/{}/state/m.room.encryption/", room), content));
    assertEncrypted(room);
  }

  @Test
  void encryptionCanBeMadeStrongerAndNotWeakerAgain() {
    String room = alice.createRoom();
    String stronger = "{\"algorithm\": \"m.megolm.v1.aes-sha2\", \"rotation_period_msgs\": 10}";
    alice.setState(room, "m.room.encryption", stronger);
    assertRefused(alice.put(path("/v3/rooms/{}/state/m.room.encryption", room), MEGOLM));
    alice
        .get(path("/v3/rooms/{}/state/m.room.encryption", room))
        .then()
        .body("rotation_period_msgs", equalTo(10));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"})
  void encryptionCannotBeRedactedInAnyRoomVersion(String version) {
    String room = alice.createRoom("{\"room_version\": \"" + version + "\"}");
    String target = encryptionEvent(room);
    assertRefused(
        alice.put(path("/v3/rooms/{}/redact/{}/{}", room, target, alice.transaction()), "{}"));
    assertRefused(alice.trySend(room, "m.room.redaction", "{\"redacts\": \"" + target + "\"}"));
    assertEncrypted(room);
  }

  @ParameterizedTest
  @ValueSource(strings = {"6", "11"})
  void upgradedRoomIsEncryptedAsTheOldOneWas(String version) {
    String old = alice.createRoom("{\"room_version\": \"" + version + "\"}");
    alice.setState(
        old,
        "m.room.encryption",
        "{\"algorithm\": \"m.megolm.v1.aes-sha2\", \"rotation_period_msgs\": 20}");
    String next =
        alice
            .post(path("/v3/rooms/{}/upgrade", old), "{\"new_version\": \"12\"}")
            .then()
            .statusCode(200)
            .extract()
            .path("replacement_room");
    assertEncrypted(next);
    alice
        .get(path("/v3/rooms/{}/state/m.room.encryption", next))
        .then()
        .body("rotation_period_msgs", equalTo(20));
  }

  @Test
  void clientsAreToldThatRoomsAreEncrypted() {
    Server.blind()
        .anonymously()
        .get("/.well-known/matrix/client")
        .then()
        .statusCode(200)
        .body("'io.element.e2ee'.default", equalTo(true))
        .body("'io.element.e2ee'.force_disable", equalTo(false));
    Server.blind()
        .anonymously()
        .get("/versions")
        .then()
        .body("unstable_features.'io.element.e2ee_forced.trusted_private'", equalTo(true));
  }

  @Test
  void whatClientsSendInTheClearBySpecificationPasses() {
    User bob = Server.blind().register("bob");
    String room = alice.createRoomWith(bob);
    String message = alice.sendEncrypted(room);
    String reaction =
        bob.send(
            room,
            "m.reaction",
            """
            {"m.relates_to": {"rel_type": "m.annotation", "event_id": "%s", "key": "👍🏽"},
             "shortcode": "thumbsup"}
            """
                .formatted(message));
    alice
        .get(path("/v3/rooms/{}/event/{}", room, reaction))
        .then()
        .body("content.'m.relates_to'.key", equalTo("👍🏽"))
        .body("content.shortcode", equalTo(null));
    String request =
        alice.send(
            room,
            "m.room.message",
            """
            {"msgtype": "m.key.verification.request", "body": "%s asks to verify",
             "from_device": "%s", "methods": ["m.sas.v1"], "to": "%s"}
            """
                .formatted(alice.id(), alice.deviceId(), bob.id()));
    bob.send(
        room,
        "m.key.verification.ready",
        """
        {"from_device": "%s", "methods": ["m.sas.v1"],
         "m.relates_to": {"rel_type": "m.reference", "event_id": "%s"}}
        """
            .formatted(bob.deviceId(), request));
    alice
        .get(path("/v3/rooms/{}/event/{}", room, request))
        .then()
        .body("content.msgtype", equalTo("m.key.verification.request"))
        .body("content.body", notNullValue());
    bob.send(
        room, "m.room.redaction", "{\"redacts\": \"" + reaction + "\", \"reason\": \"a slip\"}");
    alice
        .get(path("/v3/rooms/{}/event/{}", room, reaction))
        .then()
        .body("content", anEmptyMap())
        .body("unsigned.redacted_because.content.reason", equalTo(null));
  }
}
