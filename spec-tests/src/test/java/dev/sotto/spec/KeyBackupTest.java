package dev.sotto.spec;

import static dev.sotto.spec.harness.Http.path;
import static dev.sotto.spec.harness.SigningKey.json;
import static org.hamcrest.Matchers.anEmptyMap;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import io.restassured.response.Response;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// @spec https://spec.matrix.org/v1.19/client-server-api/#server-side-key-backups
class KeyBackupTest {
  private static final String VERSION = "/v3/room_keys/version";
  private static final String ALGORITHM = "m.megolm_backup.v1.curve25519-aes-sha2";
  private static final Map<String, Object> AUTH_DATA = Map.of("public_key", "abcdefg");
  private static final String ROOM = "!room:example.org";
  private static final String OTHER_ROOM = "!other:example.org";

  private final Server server = Server.plain();
  private final User alice = server.register("alice");

  private String create() {
    return alice
        .post(VERSION, json(Map.of("algorithm", ALGORITHM, "auth_data", AUTH_DATA)))
        .then()
        .statusCode(200)
        .extract()
        .path("version");
  }

  private static Map<String, Object> key(int index, int forwarded, boolean verified) {
    return Map.of(
        "first_message_index",
        index,
        "forwarded_count",
        forwarded,
        "is_verified",
        verified,
        "session_data",
        Map.of("ciphertext", "c" + index + forwarded, "ephemeral", "e", "mac", "m"));
  }

  private Response put(String version, String room, String session, Map<String, Object> key) {
    return alice.put(
        path("/v3/room_keys/keys/{}/{}?version={}", room, session, version), json(key));
  }

  private Response get(String version, String room, String session) {
    return alice.get(path("/v3/room_keys/keys/{}/{}?version={}", room, session, version));
  }

  @Test
  void aNewBackupIsTheLatest() {
    alice.get(VERSION).then().statusCode(404).body("errcode", equalTo("M_NOT_FOUND"));
    String first = create();
    String second = create();
    assertNotEquals(first, second);
    for (String address : List.of(VERSION, VERSION + "/" + second)) {
      alice
          .get(address)
          .then()
          .statusCode(200)
          .body("version", equalTo(second))
          .body("algorithm", equalTo(ALGORITHM))
          .body("auth_data", equalTo(AUTH_DATA))
          .body("count", equalTo(0))
          .body("etag", not(equalTo(null)));
    }
    alice.get(VERSION + "/" + first).then().statusCode(200).body("version", equalTo(first));
    alice.get(VERSION + "/nonsense").then().statusCode(404).body("errcode", equalTo("M_NOT_FOUND"));
  }

  @Test
  void aLargeBackupComesWhole() {
    String version = create();
    Map<String, Object> sessions = new HashMap<>();
    for (int i = 0; i < 1100; i++) {
      sessions.put("s" + i, key(i, 0, true));
    }
    alice
        .put(
            "/v3/room_keys/keys?version=" + version,
            json(
                Map.of(
                    "rooms",
                    Map.of(
                        ROOM,
                        Map.of("sessions", sessions),
                        OTHER_ROOM,
                        Map.of("sessions", Map.of("s", key(0, 0, true)))))))
        .then()
        .statusCode(200)
        .body("count", equalTo(1101));
    alice
        .get("/v3/room_keys/keys?version=" + version)
        .then()
        .statusCode(200)
        .body("rooms['" + ROOM + "'].sessions", equalTo(sessions))
        .body("rooms['" + OTHER_ROOM + "'].sessions.size()", equalTo(1));
  }

  @Test
  void onlyTheAuthDataOfABackupCanBeChanged() {
    String version = create();
    String address = VERSION + "/" + version;
    Map<String, Object> other = Map.of("public_key", "other");
    alice
        .put(address, json(Map.of("algorithm", ALGORITHM, "auth_data", other, "version", version)))
        .then()
        .statusCode(200)
        .body("$", anEmptyMap());
    alice.get(address).then().body("auth_data", equalTo(other));
    for (Map<String, Object> body :
        List.<Map<String, Object>>of(
            Map.of("algorithm", "another", "auth_data", other),
            Map.of("algorithm", ALGORITHM, "auth_data", other, "version", "99"))) {
      alice
          .put(address, json(body))
          .then()
          .statusCode(400)
          .body("errcode", equalTo("M_INVALID_PARAM"));
    }
    alice
        .put(VERSION + "/99", json(Map.of("algorithm", ALGORITHM, "auth_data", other)))
        .then()
        .statusCode(404)
        .body("errcode", equalTo("M_NOT_FOUND"));
    alice
        .put(address, json(Map.of("auth_data", other)))
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_MISSING_PARAM"));
  }

  @Test
  void keysAreStoredAndReadOneByOneByRoomAndAllAtOnce() {
    String version = create();
    Response stored = put(version, ROOM, "s/1", key(1, 0, true));
    stored.then().statusCode(200).body("count", equalTo(1));
    alice
        .put(
            path("/v3/room_keys/keys/{}?version={}", ROOM, version),
            json(Map.of("sessions", Map.of("s2", key(2, 0, false)))))
        .then()
        .statusCode(200)
        .body("count", equalTo(2))
        .body("etag", not(equalTo(stored.path("etag"))));
    alice
        .put(
            path("/v3/room_keys/keys?version={}", version),
            json(
                Map.of(
                    "rooms",
                    Map.of(OTHER_ROOM, Map.of("sessions", Map.of("s3", key(3, 0, true)))))))
        .then()
        .statusCode(200)
        .body("count", equalTo(3));

    assertEquals(key(1, 0, true), get(version, ROOM, "s/1").path("$"));
    Map<String, Object> room =
        Map.of("sessions", Map.of("s/1", key(1, 0, true), "s2", key(2, 0, false)));
    assertEquals(
        room, alice.get(path("/v3/room_keys/keys/{}?version={}", ROOM, version)).path("$"));
    assertEquals(
        Map.of(
            "rooms",
            Map.of(ROOM, room, OTHER_ROOM, Map.of("sessions", Map.of("s3", key(3, 0, true))))),
        alice.get(path("/v3/room_keys/keys?version={}", version)).path("$"));
    alice.get(VERSION).then().body("count", equalTo(3));
  }

  @Test
  void whatIsNotThereIsEmptyOrNotFound() {
    String version = create();
    get(version, ROOM, "s").then().statusCode(404).body("errcode", equalTo("M_NOT_FOUND"));
    alice
        .get(path("/v3/room_keys/keys/{}?version={}", ROOM, version))
        .then()
        .statusCode(200)
        .body("$", equalTo(Map.of("sessions", Map.of())));
    alice
        .get(path("/v3/room_keys/keys?version={}", version))
        .then()
        .statusCode(200)
        .body("$", equalTo(Map.of("rooms", Map.of())));
    alice
        .get("/v3/room_keys/keys?version=99")
        .then()
        .statusCode(404)
        .body("errcode", equalTo("M_NOT_FOUND"));
    alice
        .get("/v3/room_keys/keys")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_MISSING_PARAM"));
  }

  @Test
  void theBetterKeyOfASessionStays() {
    String version = create();
    List<Map<String, Object>> worseToBetter =
        List.of(
            key(10, 5, false),
            key(10, 4, false),
            key(9, 6, false),
            key(11, 6, true),
            key(9, 9, true));
    for (Map<String, Object> better : worseToBetter) {
      put(version, ROOM, "s", better).then().statusCode(200).body("count", equalTo(1));
      assertEquals(better, get(version, ROOM, "s").path("$"));
      String etag = alice.get(VERSION).path("etag");
      for (Map<String, Object> worse : worseToBetter) {
        if (worse.equals(better)) {
          break;
        }
        put(version, ROOM, "s", worse).then().statusCode(200).body("etag", equalTo(etag));
        assertEquals(better, get(version, ROOM, "s").path("$"));
      }
    }
  }

  @Test
  void keysAreWrittenToTheLatestVersionOnly() {
    String old = create();
    String latest = create();
    put(old, ROOM, "s", key(1, 0, true))
        .then()
        .statusCode(403)
        .body("errcode", equalTo("M_WRONG_ROOM_KEYS_VERSION"))
        .body("current_version", equalTo(latest));
    put("99", ROOM, "s", key(1, 0, true))
        .then()
        .statusCode(404)
        .body("errcode", equalTo("M_NOT_FOUND"));
  }

  @Test
  void keysAreDeletedOneByOneByRoomAndAllAtOnce() {
    String version = create();
    for (String session : List.of("a", "b", "c")) {
      put(version, ROOM, session, key(1, 0, true));
      put(version, OTHER_ROOM, session, key(1, 0, true));
    }
    alice
        .delete(path("/v3/room_keys/keys/{}/{}?version={}", ROOM, "a", version))
        .then()
        .statusCode(200)
        .body("count", equalTo(5));
    get(version, ROOM, "a").then().statusCode(404);
    alice
        .delete(path("/v3/room_keys/keys/{}?version={}", ROOM, version))
        .then()
        .statusCode(200)
        .body("count", equalTo(3));
    alice
        .delete(path("/v3/room_keys/keys?version={}", version))
        .then()
        .statusCode(200)
        .body("count", equalTo(0));
    alice.delete("/v3/room_keys/keys?version=99").then().statusCode(404);
  }

  @Test
  void aDeletedBackupIsGone() {
    String version = create();
    put(version, ROOM, "s", key(1, 0, true));
    alice.delete(VERSION + "/" + version).then().statusCode(200);
    alice.delete(VERSION + "/" + version).then().statusCode(404);
    alice.get(VERSION).then().statusCode(404);
    get(version, ROOM, "s").then().statusCode(404);
    assertNotEquals(version, create());
  }

  @Test
  void illTypedKeysAreRefused() {
    String version = create();
    for (Map.Entry<String, Object> wrong :
        Map.<String, Object>of(
                "first_message_index", "1",
                "forwarded_count", 1.5,
                "is_verified", "true",
                "session_data", "text")
            .entrySet()) {
      Map<String, Object> bad = new TreeMap<>(key(1, 0, true));
      bad.put(wrong.getKey(), wrong.getValue());
      put(version, ROOM, "s", bad).then().statusCode(400).body("errcode", equalTo("M_BAD_JSON"));
      bad.remove(wrong.getKey());
      put(version, ROOM, "s", bad)
          .then()
          .statusCode(400)
          .body("errcode", equalTo("M_MISSING_PARAM"));
    }
    put(version, "room without sigil", "s", key(1, 0, true)).then().statusCode(400);
    alice.get(VERSION).then().body("count", equalTo(0));
  }

  @Test
  void aBackupOfThousandsOfKeysIsStoredInOneRequest() {
    String version = create();
    Map<String, Object> sessions = new TreeMap<>();
    for (int i = 0; i < 5000; i++) {
      sessions.put("session" + i, key(i, 0, true));
    }
    alice
        .put(
            path("/v3/room_keys/keys?version={}", version),
            json(Map.of("rooms", Map.of(ROOM, Map.of("sessions", sessions)))))
        .then()
        .statusCode(200)
        .body("count", equalTo(5000));
    assertEquals(
        Map.of("sessions", sessions),
        alice.get(path("/v3/room_keys/keys/{}?version={}", ROOM, version)).path("$"));
  }

  @Test
  void thePathsFromBeforeTheSpecificationAnswerToo() {
    String version = create();
    alice
        .get("/unstable/room_keys/version")
        .then()
        .statusCode(200)
        .body("version", equalTo(version));
  }
}
