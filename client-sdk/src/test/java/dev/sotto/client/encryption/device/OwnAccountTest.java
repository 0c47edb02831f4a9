package dev.sotto.client.encryption.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.encryption.request.OutgoingRequest.KeysUpload;
import dev.sotto.client.encryption.request.RequestIds;
import dev.sotto.client.engine.Curve25519Key;
import dev.sotto.client.engine.EngineException;
import dev.sotto.client.engine.OlmAccount;
import dev.sotto.client.engine.OlmMessage;
import dev.sotto.client.engine.OlmSession;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.client.store.FailingStore;
import dev.sotto.client.store.MemoryStore;
import dev.sotto.protocol.crypto.JsonSignatures;
import dev.sotto.protocol.crypto.VerifyKey;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class OwnAccountTest {
  private static final UserId ALICE = new UserId("@alice:example.org");
  private static final DeviceId PHONE = new DeviceId("PHONE");
  private static final int MOST = 50;

  private final SecureRandom random = new SecureRandom();
  private final MemoryStore store = new MemoryStore();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  private OwnAccount open(CryptoStore from) {
    return OwnAccount.open(from, ALICE, PHONE, random, () -> now, new RequestIds(random));
  }

  private static KeyCounts counts(int oneTimeKeys, boolean unusedFallback) {
    return new KeyCounts(oneTimeKeys, Optional.of(unusedFallback));
  }

  private static Set<String> keys(KeysUpload upload, String kind) {
    Set<String> keys = new HashSet<>();
    for (JsonNode key : upload.body().path(kind)) {
      keys.add(key.path("key").stringValue());
    }
    return keys;
  }

  @Test
  void theFirstUploadHoldsAllKindsOfKeysEachSignedByTheDevice() {
    try (OwnAccount account = open(store)) {
      ObjectNode body = account.upload().orElseThrow().body();
      VerifyKey key =
          VerifyKey.ofBase64(
              body.path("device_keys").path("keys").path("ed25519:PHONE").stringValue());
      assertEquals(MOST, body.path("one_time_keys").size());
      assertEquals(1, body.path("fallback_keys").size());
      Set<ObjectNode> signed = new HashSet<>(Set.of((ObjectNode) body.path("device_keys")));
      body.path("one_time_keys").forEach(one -> signed.add((ObjectNode) one));
      body.path("fallback_keys").forEach(one -> signed.add((ObjectNode) one));
      assertEquals(MOST + 2, signed.size());
      for (ObjectNode one : signed) {
        assertTrue(JsonSignatures.verify(one, ALICE.value(), "ed25519:PHONE", key));
      }
      body.path("fallback_keys").forEach(one -> assertTrue(one.path("fallback").booleanValue()));
      body.path("one_time_keys")
          .forEachEntry((name, _) -> assertTrue(name.startsWith("signed_curve25519:")));
    }
  }

  @Test
  void whatTheServerHasIsNotSentAgain() {
    try (OwnAccount account = open(store)) {
      KeysUpload first = account.upload().orElseThrow();
      assertTrue(account.upload().isEmpty());
      account.sent(first);
      assertTrue(account.upload().isEmpty());
      account.heard(counts(MOST / 2 + 1, true));
      assertTrue(account.upload().isEmpty());
    }
    try (OwnAccount account = open(store)) {
      assertTrue(account.upload().isEmpty());
      account.heard(counts(MOST, true));
      assertTrue(account.upload().isEmpty());
    }
  }

  @Test
  void anUploadIsFollowedByNoOtherBeforeTheNextSync() {
    try (OwnAccount account = open(store)) {
      account.sent(account.upload().orElseThrow());
      assertTrue(account.upload().isEmpty());
      account.heard(counts(0, true));
      account.sent(account.upload().orElseThrow());
      assertTrue(account.upload().isEmpty());
    }
  }

  @Test
  void theStockIsFilledUpWhenHalfOfItIsGone() {
    try (OwnAccount account = open(store)) {
      account.sent(account.upload().orElseThrow());
      account.heard(counts(10, true));
      KeysUpload more = account.upload().orElseThrow();
      assertEquals(MOST - 10, keys(more, "one_time_keys").size());
      assertFalse(more.body().has("device_keys"));
      assertFalse(more.body().has("fallback_keys"));
    }
  }

  @Test
  void aCountFromBeforeAnUploadIsNotBelieved() {
    try (OwnAccount account = open(store)) {
      KeysUpload first = account.upload().orElseThrow();
      account.heard(counts(0, false));
      account.sent(first);
      assertTrue(account.upload().isEmpty());
    }
  }

  @Test
  void noKeyIsSentTwiceThoughNobodyKnowsWhetherItArrived() throws EngineException {
    Set<String> sent = new HashSet<>();
    Set<String> all = new HashSet<>();
    for (int i = 0; i < 4; i++) {
      try (OwnAccount account = open(store)) {
        account.heard(counts(0, false));
        KeysUpload upload = account.upload().orElseThrow();
        sent = keys(upload, "one_time_keys");
        assertEquals(MOST, sent.size());
        for (String key : sent) {
          assertTrue(all.add(key));
        }
        if (i == 2) {
          account.unknown(upload);
          account.heard(counts(0, false));
          for (String key : keys(account.upload().orElseThrow(), "one_time_keys")) {
            assertTrue(all.add(key));
          }
        }
      }
    }
    // The first of them may have arrived after all.
    String early = all.iterator().next();
    try (OwnAccount account = open(store);
        OlmAccount bob = OlmAccount.create();
        OlmSession session =
            bob.createOutbound(account.keys().curve25519Key(), Curve25519Key.ofBase64(early))) {
      OlmMessage message = session.encrypt("hello".getBytes(StandardCharsets.UTF_8));
      var opened = account.keys().createInbound(bob.curve25519Key(), message);
      assertArrayEquals("hello".getBytes(StandardCharsets.UTF_8), opened.plaintext());
      opened.session().close();
    }
  }

  @Test
  void whatIsRefusedAgainAndAgainIsLeftAloneForAnHour() {
    try (OwnAccount account = open(store)) {
      Set<String> all = new HashSet<>();
      for (int i = 0; i < 5; i++) {
        account.heard(counts(0, true));
        KeysUpload upload = account.upload().orElseThrow();
        for (String key : keys(upload, "one_time_keys")) {
          assertTrue(all.add(key));
        }
        account.refused(upload);
      }
      now = now.plus(Duration.ofMinutes(59));
      account.heard(counts(0, true));
      assertTrue(account.upload().isEmpty());

      now = now.plus(Duration.ofMinutes(1));
      account.refused(account.upload().orElseThrow());
      assertTrue(account.upload().isEmpty());

      now = now.plus(Duration.ofHours(1));
      account.sent(account.upload().orElseThrow());
      account.heard(counts(0, true));
      account.refused(account.upload().orElseThrow());
      account.heard(counts(0, true));
      assertTrue(account.upload().isPresent());
    }
  }

  private static Curve25519Key fallbackKey(KeysUpload upload) throws EngineException {
    return Curve25519Key.ofBase64(keys(upload, "fallback_keys").iterator().next());
  }

  @Test
  void aFallbackKeyThatDoesNotGetThroughDisplacesNoOther() throws EngineException {
    try (OwnAccount account = open(store);
        OlmAccount bob = OlmAccount.create()) {
      KeysUpload first = account.upload().orElseThrow();
      account.sent(first);
      Curve25519Key known = fallbackKey(first);
      Set<String> tried = new HashSet<>();
      for (int i = 0; i < 4; i++) {
        account.heard(counts(MOST, false));
        KeysUpload upload = account.upload().orElseThrow();
        tried.addAll(keys(upload, "fallback_keys"));
        if (i % 2 == 0) {
          account.unknown(upload);
        } else {
          account.refused(upload);
        }
        now = now.plus(Duration.ofHours(1));
      }
      assertEquals(1, tried.size());
      account.heard(counts(MOST, false));
      assertTrue(opens(account, bob, known));
      account.sent(account.upload().orElseThrow());
      assertTrue(opens(account, bob, Curve25519Key.ofBase64(tried.iterator().next())));
    }
  }

  @Test
  void aFallbackKeyThatWasUnderWayWhenItEndedDisplacesNoOther() throws EngineException {
    Curve25519Key known;
    try (OwnAccount account = open(store)) {
      KeysUpload first = account.upload().orElseThrow();
      account.sent(first);
      known = fallbackKey(first);
    }
    Set<String> tried = new HashSet<>();
    for (int i = 0; i < 3; i++) {
      try (OwnAccount account = open(store);
          OlmAccount bob = OlmAccount.create()) {
        account.heard(counts(MOST, false));
        tried.addAll(keys(account.upload().orElseThrow(), "fallback_keys"));
        assertTrue(opens(account, bob, known));
      }
      now = now.plus(Duration.ofHours(1));
    }
    assertEquals(1, tried.size());
    try (OwnAccount account = open(store);
        OlmAccount bob = OlmAccount.create()) {
      account.heard(counts(MOST, false));
      account.sent(account.upload().orElseThrow());
      assertTrue(opens(account, bob, Curve25519Key.ofBase64(tried.iterator().next())));
    }
    try (OwnAccount account = open(store)) {
      account.heard(counts(MOST, false));
      assertFalse(tried.containsAll(keys(account.upload().orElseThrow(), "fallback_keys")));
    }
  }

  @Test
  void theFormerFallbackKeyIsGoodForAnHourSinceTheServerWasSeenToHaveTheNext()
      throws EngineException {
    try (OwnAccount account = open(store);
        OlmAccount bob = OlmAccount.create()) {
      KeysUpload first = account.upload().orElseThrow();
      account.sent(first);
      Curve25519Key former = fallbackKey(first);
      account.heard(counts(MOST, false));
      account.unknown(account.upload().orElseThrow());
      now = now.plus(Duration.ofHours(2));
      account.heard(counts(MOST, true));
      assertTrue(account.upload().isEmpty());
      assertTrue(opens(account, bob, former));
      now = now.plus(Duration.ofHours(1));
      account.heard(counts(MOST, true));
      assertFalse(opens(account, bob, former));
    }
  }

  @Test
  void whereverItBreaksNoKeyIsSentThatIsNotKept() throws EngineException {
    Set<String> all = new HashSet<>();
    for (int changes = 0; changes < 6; changes++) {
      Set<String> handedOut = new HashSet<>();
      try (OwnAccount account = open(new FailingStore(store, changes, FailingStore.Way.FOR_GOOD))) {
        for (int i = 0; i < 3; i++) {
          account.heard(counts(0, false));
          KeysUpload upload = account.upload().orElseThrow();
          handedOut.addAll(keys(upload, "one_time_keys"));
          account.sent(upload);
        }
      } catch (FailingStore.Failure _) {
        // What it had handed out by then counts.
      }
      for (String key : handedOut) {
        assertTrue(all.add(key));
      }
    }
    assertTrue(all.size() >= MOST);
    try (OwnAccount account = open(store);
        OlmAccount bob = OlmAccount.create()) {
      for (String key : all) {
        try (OlmSession session =
            bob.createOutbound(account.keys().curve25519Key(), Curve25519Key.ofBase64(key))) {
          OlmMessage message = session.encrypt(new byte[1]);
          account.keys().createInbound(bob.curve25519Key(), message).session().close();
        }
      }
    }
  }

  @Test
  void aUsedFallbackKeyIsReplacedAndForgottenAfterAnHour() throws EngineException {
    try (OwnAccount account = open(store);
        OlmAccount bob = OlmAccount.create()) {
      KeysUpload first = account.upload().orElseThrow();
      account.sent(first);
      Curve25519Key old = fallbackKey(first);
      account.heard(counts(MOST, false));
      KeysUpload second = account.upload().orElseThrow();
      assertEquals(1, keys(second, "fallback_keys").size());
      assertFalse(keys(second, "fallback_keys").contains(old.base64()));
      account.sent(second);

      now = now.plus(Duration.ofMinutes(59));
      account.heard(counts(MOST, true));
      assertTrue(opens(account, bob, old));
      now = now.plus(Duration.ofMinutes(1));
      account.heard(counts(MOST, true));
      assertFalse(opens(account, bob, old));
      assertTrue(account.upload().isEmpty());
    }
  }

  private static boolean opens(OwnAccount account, OlmAccount bob, Curve25519Key key) {
    try (OlmSession session = bob.createOutbound(account.keys().curve25519Key(), key)) {
      OlmMessage message = session.encrypt(new byte[1]);
      account.keys().createInbound(bob.curve25519Key(), message).session().close();
      return true;
    } catch (EngineException _) {
      return false;
    }
  }

  @Test
  void theDevicesKeysStayTheSame() {
    ObjectNode before;
    try (OwnAccount account = open(store)) {
      before = account.deviceKeys();
    }
    try (OwnAccount account = open(store)) {
      assertEquals(before, account.deviceKeys());
    }
  }

  @Test
  void anotherDevicesStoreIsRefused() {
    open(store).close();
    assertThrows(
        IllegalStateException.class,
        () ->
            OwnAccount.open(
                store, ALICE, new DeviceId("LAPTOP"), random, () -> now, new RequestIds(random)));
  }

  @Test
  void strangeCountsAreTakenForNoneOrMany() {
    assertEquals(0, ofSync("{}").oneTimeKeys());
    assertEquals(0, ofSync("{\"device_one_time_keys_count\": []}").oneTimeKeys());
    assertEquals(0, count("\"7\""));
    assertEquals(0, count("-7"));
    assertEquals(7, count("7"));
    assertEquals(Integer.MAX_VALUE, count("9007199254740991"));
    assertTrue(ofSync("{}").unusedFallback().isEmpty());
    assertEquals(
        Optional.of(false),
        ofSync("{\"device_unused_fallback_key_types\": [1, \"x\"]}").unusedFallback());
  }

  private static int count(String json) {
    return ofSync("{\"device_one_time_keys_count\": {\"signed_curve25519\": " + json + "}}")
        .oneTimeKeys();
  }

  private static KeyCounts ofSync(String json) {
    return KeyCounts.ofSync(Json.parseObject(json));
  }
}
