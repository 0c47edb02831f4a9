package dev.sotto.client.encryption.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.encryption.request.OutgoingRequest.KeysQuery;
import dev.sotto.client.encryption.request.RequestIds;
import dev.sotto.client.store.MemoryStore;
import dev.sotto.protocol.crypto.JsonSignatures;
import dev.sotto.protocol.crypto.SigningKey;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class DeviceTrackingTest {
  private static final UserId ALICE = new UserId("@alice:example.org");
  private static final UserId BOB = new UserId("@bob:other.org");

  private final SecureRandom random = new SecureRandom();
  private Instant now = Instant.EPOCH;
  private final MemoryStore store = new MemoryStore();
  private final DeviceTracking tracking =
      new DeviceTracking(store, new RequestIds(random), () -> now);

  /// New keys for a device, signed by it.
  private ObjectNode keys(UserId user, String device) {
    try (MemoryStore own = new MemoryStore();
        OwnAccount account =
            OwnAccount.open(
                own,
                user,
                new DeviceId(device),
                random,
                () -> Instant.EPOCH,
                new RequestIds(random))) {
      return account.deviceKeys();
    }
  }

  private static ObjectNode answer(ObjectNode... devices) {
    ObjectNode answer = Json.object();
    ObjectNode keys = answer.putObject("device_keys");
    for (ObjectNode device : devices) {
      keys.withObjectProperty(device.path("user_id").stringValue())
          .set(device.path("device_id").stringValue(), device);
    }
    return answer;
  }

  private KeysQuery ask() {
    return tracking.query().orElseThrow();
  }

  private Set<DeviceId> ids(UserId user) {
    return tracking.devices(user).keySet();
  }

  @Test
  void newlyTrackedUsersAreAskedForOnce() {
    tracking.track(List.of(ALICE, BOB));
    assertFalse(tracking.isKnown(ALICE));
    KeysQuery query = ask();
    assertEquals(2, query.body().path("device_keys").size());
    assertTrue(tracking.query().isEmpty());
    tracking.answered(query, answer(keys(ALICE, "A1"), keys(ALICE, "A2")));
    assertEquals(Set.of(new DeviceId("A1"), new DeviceId("A2")), ids(ALICE));
    assertEquals(Set.of(), ids(BOB));
    assertTrue(tracking.isKnown(ALICE));
    assertTrue(tracking.isKnown(BOB));
    tracking.track(List.of(ALICE, BOB));
    assertTrue(tracking.query().isEmpty());
  }

  @Test
  void whatIsKnownAndWhatIsOutdatedSurvivesARestart() {
    tracking.track(List.of(ALICE, BOB));
    tracking.answered(ask(), answer(keys(ALICE, "A1"), keys(BOB, "B1")));
    tracking.heard(List.of(BOB), List.of());
    DeviceTracking again = new DeviceTracking(store, new RequestIds(random), () -> now);
    assertTrue(again.isKnown(ALICE));
    assertFalse(again.isKnown(BOB));
    assertEquals(Set.of(new DeviceId("B1")), again.devices(BOB).keySet());
    assertEquals(
        Set.of(BOB.value()),
        Set.copyOf(again.query().orElseThrow().body().path("device_keys").propertyNames()));
  }

  @Test
  void aChangeDuringAQueryIsAskedForAgain() {
    tracking.track(List.of(ALICE));
    KeysQuery query = ask();
    tracking.heard(List.of(ALICE), List.of());
    tracking.answered(query, answer(keys(ALICE, "A1")));
    assertFalse(tracking.isKnown(ALICE));
    tracking.answered(ask(), answer(keys(ALICE, "A2")));
    assertTrue(tracking.isKnown(ALICE));
    assertEquals(Set.of(new DeviceId("A2")), ids(ALICE));
  }

  @Test
  void aFailedQueryOrServerLeavesItsUsersOutdated() {
    tracking.track(List.of(ALICE, BOB));
    tracking.failed(ask());
    KeysQuery query = ask();
    ObjectNode answer = answer(keys(ALICE, "A1"));
    answer.putObject("failures").putObject("other.org");
    tracking.answered(query, answer);
    assertTrue(tracking.isKnown(ALICE));
    assertFalse(tracking.isKnown(BOB));
    assertTrue(tracking.isSettled(BOB));
    assertTrue(tracking.query().isEmpty());

    now = now.plus(Duration.ofMinutes(5));
    assertFalse(tracking.isSettled(BOB));
    assertEquals(1, ask().body().path("device_keys").size());
  }

  private static Set<String> askedFor(KeysQuery query) {
    return Set.copyOf(query.body().path("device_keys").propertyNames());
  }

  /// Asks for all that is outdated, from a server whose answer is of no use if one user is in it.
  private int asksAround(UserId spoiler) {
    int requests = 0;
    for (var query = tracking.query(); query.isPresent(); query = tracking.query()) {
      requests++;
      if (askedFor(query.get()).contains(spoiler.value())) {
        tracking.unusable(query.get());
      } else {
        tracking.answered(query.get(), answer());
      }
    }
    return requests;
  }

  @Test
  void whoSpoilsTheAnswerKeepsNobodyElsesDevicesUnknown() {
    List<UserId> users =
        IntStream.range(0, 1000).mapToObj(i -> new UserId("@u" + i + ":example.org")).toList();
    UserId spoiler = users.get(123);
    tracking.track(users);
    int requests = asksAround(spoiler);
    assertTrue(requests < 40, requests + " requests");
    assertTrue(users.stream().allMatch(user -> tracking.isKnown(user) != user.equals(spoiler)));
    assertTrue(tracking.isSettled(spoiler));
  }

  @Test
  void whoSpoilsTheAnswerIsAskedAboutAloneAndEverMoreSeldom() {
    tracking.track(List.of(ALICE, BOB));
    asksAround(BOB);
    for (int minutes : new int[] {5, 10, 20, 40, 60, 60}) {
      tracking.heard(List.of(ALICE, BOB), List.of());
      now = now.plus(Duration.ofMinutes(minutes)).minusMillis(1);
      assertEquals(1, asksAround(BOB));
      assertTrue(tracking.isSettled(BOB));
      now = now.plusMillis(1);
      assertFalse(tracking.isSettled(BOB));
      assertEquals(1, asksAround(BOB));
    }
    now = now.plus(Duration.ofHours(1));
    tracking.answered(ask(), answer(keys(BOB, "B1")));
    assertTrue(tracking.isKnown(BOB));
    tracking.heard(List.of(ALICE, BOB), List.of());
    assertEquals(Set.of(ALICE.value(), BOB.value()), askedFor(ask()));
  }

  @Test
  void aServerThatTellsOfChangesAndDoesNotAnswerIsLeftAlone() {
    tracking.track(List.of(BOB));
    int asked = 0;
    for (int i = 0; i < 20; i++) {
      for (var query = tracking.query(); query.isPresent(); query = tracking.query()) {
        asked++;
        ObjectNode answer = Json.object();
        answer.putObject("failures").putObject("other.org");
        tracking.answered(query.get(), answer);
      }
      tracking.heard(List.of(BOB), List.of());
    }
    assertEquals(4, asked);
    assertTrue(tracking.isSettled(BOB));
    now = now.plus(Duration.ofMinutes(5));
    tracking.answered(ask(), answer(keys(BOB, "B1")));
    assertTrue(tracking.isKnown(BOB));
  }

  @Test
  void ofTooManyDevicesOnlyTheKnownOnesAndSomeOthersAreTakenUp() {
    ObjectNode known = keys(ALICE, "Z");
    tracking.track(List.of(ALICE));
    tracking.answered(ask(), answer(known));
    ObjectNode answer = Json.object();
    ObjectNode devices = answer.putObject("device_keys").putObject(ALICE.value());
    for (int i = 0; i < DeviceTracking.MAX_DEVICES_OF_USER - 1; i++) {
      devices.put("broken" + i, 1);
    }
    devices.set("A", keys(ALICE, "A"));
    devices.set("Z", known);
    tracking.heard(List.of(ALICE), List.of());
    tracking.answered(ask(), answer);
    assertEquals(Set.of(new DeviceId("Z")), ids(ALICE));
    devices.remove("broken0");
    tracking.heard(List.of(ALICE), List.of());
    tracking.answered(ask(), answer);
    assertEquals(Set.of(new DeviceId("Z"), new DeviceId("A")), ids(ALICE));
  }

  @Test
  void strangersChangesAreNotAskedFor() {
    tracking.heard(List.of(BOB), List.of());
    assertTrue(tracking.query().isEmpty());
  }

  @Test
  void whoLeftIsTrackedNoMore() {
    tracking.track(List.of(ALICE, BOB));
    tracking.answered(ask(), answer(keys(ALICE, "A1"), keys(BOB, "B1")));
    tracking.heard(List.of(ALICE), List.of(ALICE, BOB));
    assertFalse(tracking.isKnown(BOB));
    tracking.missedSome();
    assertEquals(
        Set.of(ALICE.value()), Set.copyOf(ask().body().path("device_keys").propertyNames()));
  }

  @Test
  void anAnswerToAnotherQuestionIsPassedOver() {
    tracking.track(List.of(ALICE));
    KeysQuery query = ask();
    tracking.answered(new KeysQuery(query.id() + "1", query.body()), answer(keys(ALICE, "A1")));
    assertEquals(Set.of(), ids(ALICE));
    assertFalse(tracking.isKnown(ALICE));
  }

  @Test
  void aDeviceThatChangesItsFingerprintStaysWhatItWas() {
    tracking.track(List.of(ALICE));
    ObjectNode first = keys(ALICE, "A1");
    tracking.answered(ask(), answer(first));
    tracking.heard(List.of(ALICE), List.of());
    List<Device> changed = tracking.answered(ask(), answer(keys(ALICE, "A1")));
    assertEquals(1, changed.size());
    assertEquals(
        List.of(first), tracking.devices(ALICE).values().stream().map(Device::json).toList());
  }

  @Test
  void aDeviceThatChangesTheKeyOfItsChannelStaysWhatItWas() {
    tracking.track(List.of(ALICE));
    try (SigningKey key = SigningKey.generate(random);
        SigningKey named = SigningKey.of("ed25519:A1", key.seed())) {
      ObjectNode first = keys(named);
      tracking.answered(ask(), answer(first));
      tracking.missedSome();
      ObjectNode second = keys(named);
      List<Device> changed = tracking.answered(ask(), answer(second));
      assertEquals(List.of(second), changed.stream().map(Device::json).toList());
      assertEquals(
          List.of(first), tracking.devices(ALICE).values().stream().map(Device::json).toList());
    }
  }

  /// A device of Alice's with this fingerprint and some other key.
  private ObjectNode keys(SigningKey fingerprint) {
    ObjectNode json = keys(ALICE, "A1");
    json.withObjectProperty("keys").put(fingerprint.keyId(), fingerprint.verifyKey().base64());
    json.remove("signatures");
    return JsonSignatures.sign(json, ALICE.value(), fingerprint);
  }

  @Test
  void keysThatAreNotTheDevicesOwnAreNotTaken() {
    tracking.track(List.of(ALICE));
    ObjectNode unsigned = keys(ALICE, "A1");
    unsigned.remove("signatures");
    ObjectNode forged = keys(ALICE, "A2");
    forged.putArray("algorithms").add("m.none");
    ObjectNode misfiled = keys(ALICE, "A3");
    ObjectNode anothers = keys(BOB, "A4");
    ObjectNode weak = keys(ALICE, "A5");
    weak.withObjectProperty("keys").put("curve25519:A5", "A".repeat(43));
    ObjectNode answer = answer(unsigned, forged, weak, keys(ALICE, "A6"));
    ObjectNode alices = answer.withObjectProperty("device_keys").withObjectProperty(ALICE.value());
    alices.set("A33", misfiled);
    alices.set("A4", anothers);
    alices.put("A7", 7);
    alices.putNull("");
    tracking.answered(ask(), answer);
    assertEquals(Set.of(new DeviceId("A6")), ids(ALICE));
  }

  @Test
  void manyUsersAreAskedForInParts() {
    List<UserId> many =
        IntStream.range(0, 300).mapToObj(i -> new UserId("@u" + i + ":example.org")).toList();
    tracking.track(many);
    KeysQuery query = ask();
    assertEquals(250, query.body().path("device_keys").size());
    tracking.answered(query, answer());
    assertEquals(50, ask().body().path("device_keys").size());
  }
}
