package dev.sotto.spec;

import static dev.sotto.spec.harness.Http.path;
import static dev.sotto.spec.harness.SigningKey.json;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.SigningKey;
import dev.sotto.spec.harness.User;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// @spec https://github.com/matrix-org/matrix-spec-proposals/pull/3814
class DehydratedDevicesTest {
  private static final String DEVICE = "/unstable/org.matrix.msc3814.v1/dehydrated_device";
  private static final Map<String, Object> DATA =
      Map.of("algorithm", "org.matrix.msc3814.v2", "device_pickle", "c2VjcmV0", "nonce", "bm9uY2U");

  private final Server server = Server.plain();
  private final User alice = server.register("alice");
  private final User bob = server.register("bob");

  /// A client names such a device by its Curve25519 key, which may well hold a slash.
  private static String newId() {
    return "a/b+" + SigningKey.curveKey().substring(4);
  }

  /// The body of an upload with a one-time key `a` and a fallback key `f`.
  private static Map<String, Object> upload(User user, String device, SigningKey key) {
    return Map.of(
        "device_id",
        device,
        "initial_device_display_name",
        "Dehydrated device",
        "device_data",
        DATA,
        "device_keys",
        key.deviceKeys(user.id(), device),
        "one_time_keys",
        Map.of("signed_curve25519:a", key.oneTimeKey(user.id(), device)),
        "fallback_keys",
        Map.of("signed_curve25519:f", key.oneTimeKey(user.id(), device)));
  }

  private static Map<String, Object> with(Map<String, Object> upload, String name, Object value) {
    Map<String, Object> changed = new LinkedHashMap<>(upload);
    changed.put(name, value);
    return changed;
  }

  /// Gives a user a dehydrated device and answers its id.
  private static String dehydrate(User user) {
    String device = newId();
    user.put(DEVICE, json(upload(user, device, new SigningKey())))
        .then()
        .statusCode(200)
        .body("$", equalTo(Map.of("device_id", device)));
    return device;
  }

  private static void say(User from, User to, String device, String text) {
    from.put(
            path("/v3/sendToDevice/dev.sotto.test/{}", from.transaction()),
            json(Map.of("messages", Map.of(to.id(), Map.of(device, Map.of("text", text))))))
        .then()
        .statusCode(200);
  }

  private static JsonPath events(User user, String device, String query) {
    return user.get(path(DEVICE + "/{}/events", device) + query)
        .then()
        .statusCode(200)
        .extract()
        .jsonPath();
  }

  private static String claim(User claimer, User owner, String device) {
    Response answer =
        claimer.post(
            "/v3/keys/claim",
            json(Map.of("one_time_keys", Map.of(owner.id(), Map.of(device, "signed_curve25519")))));
    Map<String, Map<String, Map<String, Object>>> keys =
        answer.then().statusCode(200).extract().path("one_time_keys");
    return String.join(
        ",", keys.getOrDefault(owner.id(), Map.of()).getOrDefault(device, Map.of()).keySet());
  }

  private static Map<String, Map<String, Object>> devicesOf(User owner, User asking) {
    Response answer =
        asking.post("/v3/keys/query", json(Map.of("device_keys", Map.of(owner.id(), List.of()))));
    return answer.then().statusCode(200).extract().path("device_keys.'%s'".formatted(owner.id()));
  }

  @Test
  void thereIsNoneAtFirst() {
    alice.get(DEVICE).then().statusCode(404).body("errcode", equalTo("M_NOT_FOUND"));
    alice.delete(DEVICE).then().statusCode(404).body("errcode", equalTo("M_NOT_FOUND"));
    server.anonymously().get(DEVICE).then().statusCode(401);
    alice
        .get(path(DEVICE + "/{}/events", alice.deviceId()))
        .then()
        .statusCode(403)
        .body("errcode", equalTo("M_FORBIDDEN"));
  }

  @Test
  void itIsGivenBackAsItWasStoredToItsOwnerAlone() {
    String device = dehydrate(alice);
    alice
        .onAnotherDevice()
        .get(DEVICE)
        .then()
        .statusCode(200)
        .body("$", equalTo(Map.of("device_id", device, "device_data", DATA)));
    bob.get(DEVICE).then().statusCode(404);
    bob.get(path(DEVICE + "/{}/events", device)).then().statusCode(403);
  }

  @Test
  void othersSeeADeviceLikeAnyOther() {
    alice.createRoomWith(bob);
    String since = bob.now();
    String device = newId();
    SigningKey key = new SigningKey();
    Map<String, Object> upload = upload(alice, device, key);
    alice.put(DEVICE, json(upload)).then().statusCode(200);

    assertEquals(List.of(alice.id()), bob.sync(since).getList("device_lists.changed"));
    Map<String, Object> seen = Objects.requireNonNull(devicesOf(alice, bob).get(device));
    assertEquals(Map.of("device_display_name", "Dehydrated device"), seen.remove("unsigned"));
    assertEquals(upload.get("device_keys"), seen);
    alice.get("/v3/devices").then().body("devices.device_id", hasItem(device));
    assertEquals("signed_curve25519:a", claim(bob, alice, device));
    assertEquals("signed_curve25519:f", claim(bob, alice, device));
    assertEquals("signed_curve25519:f", claim(bob, alice, device));
  }

  @Test
  void messagesForItAreReadInPartsUntilThereAreNoMore() {
    String device = dehydrate(alice);
    for (String text : List.of("one", "two", "three")) {
      say(bob, alice, device, text);
    }
    say(bob, alice, alice.deviceId(), "for the phone");

    JsonPath first = events(alice, device, "?limit=2");
    assertEquals(List.of("one", "two"), first.getList("events.content.text"));
    assertEquals(List.of(bob.id(), bob.id()), first.getList("events.sender"));
    JsonPath second = events(alice, device, "?limit=2&from=" + first.getString("next_batch"));
    assertEquals(List.of("three"), second.getList("events.content.text"));
    assertNull(second.getString("next_batch"));
    // Whoever was interrupted begins again.
    assertEquals(
        List.of("one", "two", "three"), events(alice, device, "").getList("events.content.text"));
    assertEquals(List.of("for the phone"), alice.sync().getList("to_device.events.content.text"));
    for (String query : List.of("?from=nonsense", "?limit=-1")) {
      alice
          .get(path(DEVICE + "/{}/events", device) + query)
          .then()
          .statusCode(400)
          .body("errcode", equalTo("M_INVALID_PARAM"));
    }
  }

  @Test
  void anOlderClientAsksWithPostUntilNothingComes() {
    String device = dehydrate(alice);
    for (int i = 0; i < 101; i++) {
      say(bob, alice, "*", "message " + i);
    }
    String events = path(DEVICE + "/{}/events", device);
    List<String> read = new ArrayList<>();
    String body = "{}";
    for (List<String> part = List.of(""); !part.isEmpty(); ) {
      JsonPath answer = alice.post(events, body).then().statusCode(200).extract().jsonPath();
      part = answer.getList("events.content.text");
      read.addAll(part);
      body = json(Map.of("next_batch", answer.getString("next_batch")));
    }
    assertEquals(101, read.size());
    assertEquals("message 100", read.getLast());
  }

  @Test
  void aNewOneTakesThePlaceOfTheFormer() {
    String former = dehydrate(alice);
    say(bob, alice, former, "hello");
    String device = dehydrate(alice);
    alice.get(DEVICE).then().body("device_id", equalTo(device));
    alice
        .get("/v3/devices")
        .then()
        .body("devices.device_id", not(hasItem(former)))
        .body("devices.device_id", hasItem(device));
    assertEquals(false, devicesOf(alice, bob).containsKey(former));
    assertEquals("", claim(bob, alice, former));
    alice.get(path(DEVICE + "/{}/events", former)).then().statusCode(403);
    assertEquals(List.of(), events(alice, device, "").getList("events"));
  }

  @Test
  void theSameOneAgainKeepsItsMessagesAndWhatWasClaimed() {
    String device = newId();
    SigningKey key = new SigningKey();
    Map<String, Object> upload = upload(alice, device, key);
    alice.put(DEVICE, json(upload)).then().statusCode(200);
    assertEquals("signed_curve25519:a", claim(bob, alice, device));
    say(bob, alice, device, "hello");
    alice.put(DEVICE, json(upload)).then().statusCode(200);
    assertEquals(List.of("hello"), events(alice, device, "").getList("events.content.text"));
    assertEquals("signed_curve25519:f", claim(bob, alice, device));

    // By the same name, but with other keys, it is another one.
    alice.put(DEVICE, json(upload(alice, device, new SigningKey()))).then().statusCode(200);
    assertEquals(List.of(), events(alice, device, "").getList("events"));
    assertEquals("signed_curve25519:a", claim(bob, alice, device));
  }

  @Test
  void whoDeletesItDeletesItsKeysAndMessages() {
    String device = dehydrate(alice);
    say(bob, alice, device, "hello");
    alice.delete(DEVICE).then().statusCode(200).body("$", equalTo(Map.of("device_id", device)));
    alice.get(DEVICE).then().statusCode(404);
    alice.get(path("/v3/devices/{}", device)).then().statusCode(404);
    assertEquals(false, devicesOf(alice, bob).containsKey(device));
    assertEquals("", claim(bob, alice, device));
  }

  @Test
  void whatEndsItsDeviceEndsIt() {
    String device = dehydrate(alice);
    alice.post("/v3/logout", "{}").then().statusCode(200);
    User laptop = alice.onAnotherDevice();
    laptop.get(DEVICE).then().statusCode(200).body("device_id", equalTo(device));
    laptop.post("/v3/logout/all", "{}").then().statusCode(200);
    alice.onAnotherDevice().get(DEVICE).then().statusCode(404);
  }

  @Test
  void nobodyCanLogInOnIt() {
    String device = dehydrate(alice);
    server
        .anonymously()
        .post(
            "/v3/login",
            json(
                Map.of(
                    "type",
                    "m.login.password",
                    "identifier",
                    Map.of("type", "m.id.user", "user", alice.id()),
                    "password",
                    alice.password(),
                    "device_id",
                    device)))
        .then()
        .statusCode(403)
        .body("errcode", equalTo("M_FORBIDDEN"))
        .body("access_token", nullValue());
  }

  @Test
  void aDeviceThatSomebodyIsLoggedInOnCannotBecomeOne() {
    String former = dehydrate(alice);
    alice
        .put(DEVICE, json(upload(alice, alice.deviceId(), new SigningKey())))
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_INVALID_PARAM"));
    alice.get(DEVICE).then().body("device_id", equalTo(former));
    assertEquals("signed_curve25519:a", claim(bob, alice, former));
    alice.get("/v3/devices").then().body("devices.device_id", hasItem(alice.deviceId()));
  }

  @Test
  void whatIsMissingForgedOrTooLargeIsRefusedAndNothingOfItStays() {
    String device = newId();
    SigningKey key = new SigningKey();
    Map<String, Object> whole = upload(alice, device, key);
    for (String name : List.of("device_id", "device_data", "device_keys")) {
      Map<String, Object> part = new LinkedHashMap<>(whole);
      part.remove(name);
      refused(part, 400, "M_MISSING_PARAM");
    }
    refused(with(whole, "device_data", Map.of("device_pickle", "AAAA")), 400, "M_BAD_JSON");
    refused(with(whole, "device_id", "OTHER"), 400, "M_BAD_JSON");
    refused(with(whole, "device_keys", key.deviceKeys(bob)), 400, "M_BAD_JSON");
    refused(
        with(
            whole,
            "one_time_keys",
            Map.of("signed_curve25519:a", new SigningKey().oneTimeKey(alice.id(), device))),
        400,
        "M_INVALID_SIGNATURE");
    refused(
        with(
            whole,
            "device_data",
            Map.of("algorithm", "org.matrix.msc3814.v2", "device_pickle", "A".repeat(65_536))),
        413,
        "M_TOO_LARGE");
    alice.get(DEVICE).then().statusCode(404);
    assertEquals(false, devicesOf(alice, bob).containsKey(device));
  }

  private void refused(Map<String, Object> upload, int status, String code) {
    alice.put(DEVICE, json(upload)).then().statusCode(status).body("errcode", equalTo(code));
  }

  @Test
  void itIsKeptWhenTheServerIsKilled() {
    try (Server own = Server.start(Map.of("SOTTO_ENCRYPTION_POLICY", "required"))) {
      User carol = own.register("carol");
      String device = newId();
      SigningKey key = new SigningKey();
      carol.put(DEVICE, json(upload(carol, device, key))).then().statusCode(200);
      own.kill();
      own.startAgain();
      carol.get(DEVICE).then().body("$", equalTo(Map.of("device_id", device, "device_data", DATA)));
      assertEquals("signed_curve25519:a", claim(carol, carol, device));
      carol
          .post("/v3/keys/query", json(Map.of("device_keys", Map.of(carol.id(), List.of()))))
          .then()
          .body("device_keys.'" + carol.id() + "'", hasKey(device));
    }
  }
}
