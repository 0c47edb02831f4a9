package dev.sotto.homeserver.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.homeserver.journal.Topics;
import dev.sotto.homeserver.journal.Watch;
import dev.sotto.homeserver.keys.KeyStation.Phone;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class OneTimeKeysTest {
  private static final UserId ALICE = new UserId("@alice:example.org");

  private final KeyStation station = new KeyStation();
  private Phone phone;

  @BeforeEach
  void login() {
    phone = station.phone(ALICE, "PHONE");
    phone.uploadIdentity(station);
  }

  @AfterEach
  void close() {
    station.close();
  }

  private static ErrorCode codeOf(Runnable action) {
    return assertThrows(MatrixException.class, action::run).code();
  }

  private ObjectNode fallback(String name) {
    ObjectNode body = Json.object();
    body.putObject("fallback_keys").set("signed_curve25519:" + name, phone.fallbackKey(name));
    return body;
  }

  @Test
  void keysAreHandedOutOnceInTheOrderOfUpload() {
    phone.upload(station, phone.oneTimeKeys("9", "1"));
    assertEquals(
        Map.of("signed_curve25519", 4L), phone.upload(station, phone.oneTimeKeys("0", "5")));
    List<String> claimed = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      claimed.add(phone.claim(station));
    }
    assertEquals(
        List.of(
            "signed_curve25519:9",
            "signed_curve25519:1",
            "signed_curve25519:0",
            "signed_curve25519:5",
            ""),
        claimed);
  }

  @Test
  void aHundredClaimsOfFiftyKeysNeverGiveOneTwice() throws Exception {
    String[] names = IntStream.range(0, 50).mapToObj(i -> "k" + i).toArray(String[]::new);
    phone.upload(station, phone.oneTimeKeys(names));
    ConcurrentLinkedQueue<String> claimed = new ConcurrentLinkedQueue<>();
    List<Thread> threads =
        IntStream.range(0, 100)
            .mapToObj(_ -> Thread.ofVirtual().start(() -> claimed.add(phone.claim(station))))
            .toList();
    for (Thread thread : threads) {
      thread.join();
    }
    List<String> given = claimed.stream().filter(name -> !name.isEmpty()).toList();
    assertEquals(50, given.size());
    assertEquals(50, new HashSet<>(given).size());
    assertEquals(
        0L, station.keys.oneTimeKeys().counts(phone.number(), phone.id()).get("signed_curve25519"));
  }

  @Test
  void aKeyThatWasHandedOutIsNotHandedOutAgainAfterARestart() {
    phone.upload(station, phone.oneTimeKeys("a", "b"));
    assertEquals("signed_curve25519:a", phone.claim(station));
    station.reopen();
    assertEquals("signed_curve25519:b", phone.claim(station));
    assertEquals("", phone.claim(station));
  }

  @Test
  void anUploadOfKnownKeysIsAcceptedAndChangesNothing() {
    phone.upload(station, phone.oneTimeKeys("a", "b"));
    assertEquals("signed_curve25519:a", phone.claim(station));
    Map<String, Long> counts = phone.upload(station, phone.oneTimeKeys("a", "b", "c"));
    assertEquals(Map.of("signed_curve25519", 2L), counts);
    assertEquals("signed_curve25519:b", phone.claim(station));
    assertEquals("signed_curve25519:c", phone.claim(station));
    assertEquals("", phone.claim(station));
  }

  @Test
  void anotherKeyOfTheSameNameIsRefusedBeforeAndAfterItWasHandedOut() {
    phone.upload(station, phone.oneTimeKeys("a", "b"));
    assertEquals("signed_curve25519:a", phone.claim(station));
    for (String name : List.of("a", "b")) {
      ObjectNode body = Json.object();
      body.putObject("one_time_keys").set("signed_curve25519:" + name, phone.oneTimeKey("other"));
      assertEquals(ErrorCode.M_INVALID_PARAM, codeOf(() -> phone.upload(station, body)));
    }
    assertEquals("signed_curve25519:b", phone.claim(station));
  }

  @Test
  void theFallbackKeyIsHandedOutWhenNoneIsLeftAndCountsAsUsed() {
    OneTimeKeys keys = station.keys.oneTimeKeys();
    phone.upload(station, phone.oneTimeKeys("a"));
    phone.upload(station, fallback("f"));
    assertEquals(
        List.of("signed_curve25519"), keys.unusedFallbackTypes(phone.number(), phone.id()));
    assertEquals("signed_curve25519:a", phone.claim(station));
    assertEquals(
        List.of("signed_curve25519"), keys.unusedFallbackTypes(phone.number(), phone.id()));
    assertEquals("signed_curve25519:f", phone.claim(station));
    assertEquals("signed_curve25519:f", phone.claim(station));
    assertEquals(List.of(), keys.unusedFallbackTypes(phone.number(), phone.id()));

    phone.upload(station, fallback("f"));
    assertEquals(List.of(), keys.unusedFallbackTypes(phone.number(), phone.id()));
    phone.upload(station, fallback("g"));
    assertEquals(
        List.of("signed_curve25519"), keys.unusedFallbackTypes(phone.number(), phone.id()));
    assertEquals("signed_curve25519:g", phone.claim(station));
  }

  @Test
  void aKeyThatTheDeviceDidNotSignIsRefused() {
    Phone other = station.phone(ALICE, "OTHER");
    ObjectNode body = Json.object();
    body.putObject("one_time_keys").set("signed_curve25519:a", other.oneTimeKey("a"));
    assertEquals(ErrorCode.M_INVALID_SIGNATURE, codeOf(() -> phone.upload(station, body)));
    ObjectNode changed = phone.oneTimeKeys("a");
    ((ObjectNode) changed.at("/one_time_keys/signed_curve25519:a")).put("key", "changed");
    assertEquals(ErrorCode.M_INVALID_SIGNATURE, codeOf(() -> phone.upload(station, changed)));
  }

  @Test
  void badNamesAndTooManyKeysAreRefused() {
    for (String name : List.of("nocolon", ":a", "alg:", "a:b:c")) {
      ObjectNode body = Json.object();
      body.putObject("one_time_keys").set(name, phone.oneTimeKey("a"));
      assertEquals(ErrorCode.M_BAD_JSON, codeOf(() -> phone.upload(station, body)), name);
    }
    String[] names = IntStream.range(0, 1001).mapToObj(i -> "k" + i).toArray(String[]::new);
    assertEquals(
        ErrorCode.M_INVALID_PARAM, codeOf(() -> phone.upload(station, phone.oneTimeKeys(names))));
    assertEquals("", phone.claim(station));
  }

  @Test
  void manyDevicesAreClaimedForAtOnce() {
    Map<String, String> wanted = new HashMap<>();
    for (int i = 0; i < 20; i++) {
      Phone one = station.phone(ALICE, "D" + i);
      one.uploadIdentity(station);
      one.upload(station, one.oneTimeKeys("a" + i, "b" + i));
      wanted.put(one.id().value(), "signed_curve25519");
    }
    wanted.put("NOSUCH", "signed_curve25519");
    wanted.put("PHONE", "unknown_algorithm");
    Map<String, Map<String, String>> claimed =
        station
            .keys
            .oneTimeKeys()
            .claim(Map.of(ALICE, wanted))
            .keys()
            .getOrDefault(ALICE, Map.of());
    assertEquals(20, claimed.size());
    for (int i = 0; i < 20; i++) {
      Map<String, String> of = claimed.getOrDefault("D" + i, Map.of());
      assertEquals(List.of("signed_curve25519:a" + i), List.copyOf(of.keySet()));
      assertEquals(
          KeyStation.curveKey("a" + i),
          Json.parseObject(of.getOrDefault("signed_curve25519:a" + i, "{}"))
              .path("key")
              .asString());
    }
  }

  @Test
  void aClaimWakesTheDeviceSoThatItUploadsMore() {
    phone.upload(station, phone.oneTimeKeys("a"));
    try (Watch watch = station.journal.watchers().watch(Topics.user(phone.number()))) {
      phone.claim(station);
      assertTrue(watch.await(Duration.ofSeconds(10)));
    }
  }

  @Test
  void aRemovedDeviceTakesItsKeysAlong() {
    phone.upload(station, phone.oneTimeKeys("a"));
    phone.upload(station, fallback("f"));
    station.journal.change(tx -> station.keys.deviceKeys().removed(tx, phone.number(), phone.id()));
    assertEquals("", phone.claim(station));
    assertEquals(
        Map.of("signed_curve25519", 0L),
        station.keys.oneTimeKeys().counts(phone.number(), phone.id()));
  }

  @Test
  void aDeviceHasKeysOfFewAlgorithms() {
    for (String kind : List.of("one_time_keys", "fallback_keys")) {
      ObjectNode body = Json.object();
      ObjectNode keys = body.putObject(kind);
      for (int i = 0; i < 20; i++) {
        keys.put("org.example.a" + i + ":k", "key");
      }
      phone.upload(station, body);
      keys.put("org.example.a20:k", "key");
      assertEquals(ErrorCode.M_INVALID_PARAM, codeOf(() -> phone.upload(station, body)));
    }
  }
}
