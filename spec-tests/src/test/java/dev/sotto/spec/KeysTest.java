package dev.sotto.spec;

import static dev.sotto.spec.harness.Http.path;
import static dev.sotto.spec.harness.SigningKey.json;
import static org.hamcrest.Matchers.aMapWithSize;
import static org.hamcrest.Matchers.anEmptyMap;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.SigningKey;
import dev.sotto.spec.harness.User;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// @spec https://spec.matrix.org/v1.19/client-server-api/#key-management-api
class KeysTest {
  private static final String UPLOAD = "/v3/keys/upload";
  private static final String QUERY = "/v3/keys/query";
  private static final String CLAIM = "/v3/keys/claim";

  private final Server server = Server.plain();

  private static Response upload(User user, Map<String, Object> body) {
    return user.post(UPLOAD, json(body));
  }

  private static Response query(User asking, User about) {
    return asking.post(QUERY, json(Map.of("device_keys", Map.of(about.id(), List.of()))));
  }

  /// The name of the one key that a claim gives, or "" if it gives none.
  private static String claim(User claimer, User owner) {
    Map<String, Map<String, Map<String, Object>>> keys =
        claimer
            .post(
                CLAIM,
                json(
                    Map.of(
                        "one_time_keys",
                        Map.of(owner.id(), Map.of(owner.deviceId(), "signed_curve25519")))))
            .then()
            .statusCode(200)
            .extract()
            .path("one_time_keys");
    return String.join(
        ",",
        keys.getOrDefault(owner.id(), Map.of()).getOrDefault(owner.deviceId(), Map.of()).keySet());
  }

  private static void uploadOneTimeKey(User user, SigningKey key, String name) {
    upload(user, Map.of("one_time_keys", Map.of("signed_curve25519:" + name, key.oneTimeKey(user))))
        .then()
        .statusCode(200);
  }

  @Test
  void deviceKeysAreFoundByOthersWithTheDevicesName() {
    User alice = server.register("alice");
    User bob = server.register("bob");
    Map<String, Object> keys = new SigningKey().deviceKeys(alice);
    upload(alice, Map.of("device_keys", keys))
        .then()
        .statusCode(200)
        .body("one_time_key_counts", equalTo(Map.of("signed_curve25519", 0)));
    alice
        .put(path("/v3/devices/{}", alice.deviceId()), "{\"display_name\": \"Alice's phone\"}")
        .then()
        .statusCode(200);

    Response answer = query(bob, alice);
    answer.then().statusCode(200).body("failures", anEmptyMap());
    Map<String, Object> device =
        answer.path("device_keys.'%s'.'%s'".formatted(alice.id(), alice.deviceId()));
    assertEquals(Map.of("device_display_name", "Alice's phone"), device.remove("unsigned"));
    assertEquals(keys, device);
  }

  @Test
  void anEmptyUploadAsksForTheCounts() {
    User alice = server.register("alice");
    upload(alice, Map.of())
        .then()
        .statusCode(200)
        .body("one_time_key_counts", equalTo(Map.of("signed_curve25519", 0)));
  }

  @Test
  void oneTimeKeysAreClaimedOnceInTheOrderOfUploadThenTheFallbackKey() {
    User alice = server.register("alice");
    User bob = server.register("bob");
    SigningKey key = new SigningKey();
    upload(alice, Map.of("device_keys", key.deviceKeys(alice))).then().statusCode(200);
    uploadOneTimeKey(alice, key, "second_by_name");
    uploadOneTimeKey(alice, key, "first_by_name");
    Map<String, Object> fallback =
        key.sign(
            Map.of("key", SigningKey.curveKey(), "fallback", true), alice.id(), alice.deviceId());
    upload(alice, Map.of("fallback_keys", Map.of("signed_curve25519:fallback", fallback)))
        .then()
        .statusCode(200)
        .body("one_time_key_counts.signed_curve25519", equalTo(2));

    assertEquals("signed_curve25519:second_by_name", claim(bob, alice));
    assertEquals("signed_curve25519:first_by_name", claim(bob, alice));
    assertEquals("signed_curve25519:fallback", claim(bob, alice));
    assertEquals("signed_curve25519:fallback", claim(bob, alice));
    upload(alice, Map.of())
        .then()
        .body("one_time_key_counts", equalTo(Map.of("signed_curve25519", 0)));
  }

  @Test
  void aClaimedKeyIsAnsweredAsItWasUploaded() {
    User alice = server.register("alice");
    SigningKey key = new SigningKey();
    Map<String, Object> uploaded = key.oneTimeKey(alice);
    upload(
            alice,
            Map.of(
                "device_keys",
                key.deviceKeys(alice),
                "one_time_keys",
                Map.of("signed_curve25519:AAAA", uploaded)))
        .then()
        .statusCode(200);
    Response answer =
        alice.post(
            CLAIM,
            json(
                Map.of(
                    "timeout",
                    10_000,
                    "one_time_keys",
                    Map.of(alice.id(), Map.of(alice.deviceId(), "signed_curve25519")))));
    answer.then().statusCode(200).body("failures", anEmptyMap());
    assertEquals(
        Map.of(alice.id(), Map.of(alice.deviceId(), Map.of("signed_curve25519:AAAA", uploaded))),
        answer.path("one_time_keys"));
  }

  @Test
  void theSameKeysMayBeUploadedAgainButNotOthersInTheirPlace() {
    User alice = server.register("alice");
    User bob = server.register("bob");
    SigningKey key = new SigningKey();
    upload(alice, Map.of("device_keys", key.deviceKeys(alice))).then().statusCode(200);
    Map<String, Object> same =
        Map.of("one_time_keys", Map.of("signed_curve25519:a", key.oneTimeKey(alice)));
    Map<String, Object> other =
        Map.of("one_time_keys", Map.of("signed_curve25519:a", key.oneTimeKey(alice)));
    upload(alice, same).then().statusCode(200);
    upload(alice, same).then().body("one_time_key_counts.signed_curve25519", equalTo(1));
    upload(alice, other).then().statusCode(400).body("errcode", equalTo("M_INVALID_PARAM"));

    assertEquals("signed_curve25519:a", claim(bob, alice));
    upload(alice, same)
        .then()
        .statusCode(200)
        .body("one_time_key_counts.signed_curve25519", equalTo(0));
    upload(alice, other).then().statusCode(400);
    assertEquals("", claim(bob, alice));
  }

  @Test
  void keysOfAnotherUserOrDeviceAndForgedOnesAreRefused() {
    User alice = server.register("alice");
    User bob = server.register("bob");
    SigningKey key = new SigningKey();
    upload(alice, Map.of("device_keys", key.deviceKeys(bob)))
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_BAD_JSON"));
    upload(
            alice,
            Map.of("device_keys", Map.of("user_id", alice.id(), "device_id", alice.deviceId())))
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_BAD_JSON"));
    Map<String, Object> forged =
        new SigningKey().sign(key.deviceKeys(alice), alice.id(), alice.deviceId());
    upload(alice, Map.of("device_keys", forged))
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_INVALID_SIGNATURE"));
    upload(alice, Map.of("device_keys", key.deviceKeys(alice))).then().statusCode(200);
    upload(
            alice,
            Map.of(
                "one_time_keys", Map.of("signed_curve25519:a", new SigningKey().oneTimeKey(alice))))
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_INVALID_SIGNATURE"));
    assertEquals("", claim(bob, alice));
  }

  @Test
  void onlyTheDevicesAskedForAreAnswered() {
    User alice = server.register("alice");
    User laptop = alice.onAnotherDevice();
    upload(alice, Map.of("device_keys", new SigningKey().deviceKeys(alice)));
    upload(laptop, Map.of("device_keys", new SigningKey().deviceKeys(laptop)));
    Response answer =
        alice.post(
            QUERY,
            json(Map.of("device_keys", Map.of(alice.id(), List.of(laptop.deviceId(), "OTHER")))));
    Map<String, Object> found = answer.path("device_keys.'%s'".formatted(alice.id()));
    assertEquals(Set.of(laptop.deviceId()), found.keySet());
  }

  @Test
  void usersOfServersOutOfReachAreReportedAsFailures() {
    User alice = server.register("alice");
    Map<String, Object> wanted = Map.of("@bob:unreachable.example", List.of());
    alice
        .post(QUERY, json(Map.of("timeout", 10, "device_keys", wanted)))
        .then()
        .statusCode(200)
        .body("failures", hasKey("unreachable.example"))
        .body("device_keys", anEmptyMap());
    alice
        .post(
            CLAIM,
            json(
                Map.of(
                    "one_time_keys",
                    Map.of("@bob:unreachable.example", Map.of("D", "signed_curve25519")))))
        .then()
        .statusCode(200)
        .body("failures", hasKey("unreachable.example"))
        .body("one_time_keys", anEmptyMap());
  }

  @Test
  void aUserWithoutKeysHasAnEmptyListAndAnUnknownOneNone() {
    User alice = server.register("alice");
    User bob = server.register("bob");
    String nobody = bob.id().replace("@bob", "@nobody-at-all");
    alice
        .post(QUERY, json(Map.of("device_keys", Map.of(bob.id(), List.of(), nobody, List.of()))))
        .then()
        .statusCode(200)
        .body("device_keys", aMapWithSize(1))
        .body("device_keys.'" + bob.id() + "'", anEmptyMap())
        .body("failures", anEmptyMap());
  }

  @Test
  void illTypedRequestsAreRefused() {
    User alice = server.register("alice");
    for (String body :
        List.of(
            "{\"device_keys\": {\"" + alice.id() + "\": {}}}",
            "{\"device_keys\": {\"" + alice.id() + "\": [5]}}",
            "{\"device_keys\": []}")) {
      alice.post(QUERY, body).then().statusCode(400).body("errcode", equalTo("M_BAD_JSON"));
    }
    alice.post(QUERY, "{}").then().statusCode(400).body("errcode", equalTo("M_MISSING_PARAM"));
    alice.post(CLAIM, "{}").then().statusCode(400).body("errcode", equalTo("M_MISSING_PARAM"));
    alice
        .post(CLAIM, "{\"one_time_keys\": {\"" + alice.id() + "\": {\"D\": 5}}}")
        .then()
        .statusCode(400);
    for (String body :
        List.of(
            "{\"one_time_keys\": []}",
            "{\"one_time_keys\": {\"nocolon\": \"key\"}}",
            "{\"one_time_keys\": {\"signed_curve25519:a\": \"unsigned\"}}",
            "{\"one_time_keys\": {\"signed_curve25519:a\": {\"key\": 5, \"signatures\": {}}}}",
            "{\"device_keys\": null}",
            "{\"device_keys\": \"none\"}")) {
      alice.post(UPLOAD, body).then().statusCode(400).body("errcode", equalTo("M_BAD_JSON"));
    }
    server
        .anonymously()
        .post(UPLOAD, "{}")
        .then()
        .statusCode(401)
        .body("errcode", equalTo("M_MISSING_TOKEN"));
  }

  @Test
  void aDeviceThatLogsOutTakesItsKeysAlong() {
    User alice = server.register("alice");
    User laptop = alice.onAnotherDevice();
    SigningKey key = new SigningKey();
    upload(laptop, Map.of("device_keys", key.deviceKeys(laptop))).then().statusCode(200);
    uploadOneTimeKey(laptop, key, "a");
    laptop.post("/v3/logout", "{}").then().statusCode(200);
    query(alice, alice)
        .then()
        .body("device_keys.'" + alice.id() + "'", not(hasKey(laptop.deviceId())));
    assertEquals("", claim(alice, laptop));
  }

  @Test
  void usersWithChangedKeysAreNamedBetweenTwoSyncTokens() {
    User alice = server.register("alice");
    User bob = server.register("bob");
    User stranger = server.register("stranger");
    alice.createRoomWith(bob);
    String from = bob.now();
    upload(alice, Map.of("device_keys", new SigningKey().deviceKeys(alice))).then().statusCode(200);
    upload(stranger, Map.of("device_keys", new SigningKey().deviceKeys(stranger)));
    String to = bob.now();
    bob.get(path("/v3/keys/changes?from={}&to={}", from, to))
        .then()
        .statusCode(200)
        .body("changed", equalTo(List.of(alice.id())))
        .body("left", equalTo(List.of()));
    bob.get(path("/v3/keys/changes?from={}&to={}", to, to))
        .then()
        .body("changed", equalTo(List.of()));
    bob.get("/v3/keys/changes?from=" + from)
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_MISSING_PARAM"));
    bob.get("/v3/keys/changes?from=nonsense&to=" + to)
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_INVALID_PARAM"));
    alice
        .get(path("/v3/keys/changes?from={}&to={}", from, to))
        .then()
        .body("changed", hasItem(alice.id()));
  }

  @Test
  void usersWhoBeginOrCeaseToShareARoomAreNamedToo() {
    User alice = server.register("alice");
    User bob = server.register("bob");
    String apart = bob.now();
    String room = alice.createRoomWith(bob);
    String together = bob.now();
    bob.get(path("/v3/keys/changes?from={}&to={}", apart, together))
        .then()
        .statusCode(200)
        .body("changed", hasItem(alice.id()))
        .body("left", equalTo(List.of()));
    alice.leave(room);
    bob.get(path("/v3/keys/changes?from={}&to={}", together, bob.now()))
        .then()
        .body("changed", not(hasItem(alice.id())))
        .body("left", equalTo(List.of(alice.id())));
  }

  @Test
  void syncTellsADeviceHowManyOfItsKeysAreLeft() {
    User alice = server.register("alice");
    User bob = server.register("bob");
    SigningKey key = new SigningKey();
    upload(alice, Map.of("device_keys", key.deviceKeys(alice))).then().statusCode(200);
    uploadOneTimeKey(alice, key, "a");
    upload(alice, Map.of("fallback_keys", Map.of("signed_curve25519:f", key.oneTimeKey(alice))))
        .then()
        .statusCode(200);
    JsonPath sync = alice.sync();
    assertEquals(1, sync.getInt("device_one_time_keys_count.signed_curve25519"));
    assertEquals(List.of("signed_curve25519"), sync.getList("device_unused_fallback_key_types"));

    assertEquals("signed_curve25519:a", claim(bob, alice));
    sync = alice.syncWith(path("timeout=10000&since={}", sync.getString("next_batch")));
    assertEquals(0, sync.getInt("device_one_time_keys_count.signed_curve25519"));
    assertEquals(List.of("signed_curve25519"), sync.getList("device_unused_fallback_key_types"));

    assertEquals("signed_curve25519:f", claim(bob, alice));
    sync = alice.syncWith(path("timeout=10000&since={}", sync.getString("next_batch")));
    assertEquals(List.of(), sync.getList("device_unused_fallback_key_types"));
  }

  @Test
  void aClaimedKeyStaysClaimedWhenTheServerIsKilled() {
    try (Server own = Server.start(Map.of())) {
      User alice = own.register("alice");
      User bob = own.register("bob");
      SigningKey key = new SigningKey();
      upload(alice, Map.of("device_keys", key.deviceKeys(alice))).then().statusCode(200);
      for (String name : List.of("a", "b", "c")) {
        uploadOneTimeKey(alice, key, name);
      }
      List<String> claimed = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        claimed.add(claim(bob, alice));
        own.kill();
        own.startAgain();
      }
      assertEquals(
          List.of("signed_curve25519:a", "signed_curve25519:b", "signed_curve25519:c"), claimed);
      assertEquals("", claim(bob, alice));
      query(bob, alice).then().body("device_keys.'" + alice.id() + "'", hasKey(alice.deviceId()));
    }
  }
}
