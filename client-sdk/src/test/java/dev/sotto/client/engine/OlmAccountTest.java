package dev.sotto.client.engine;

import static dev.sotto.client.engine.OlmPair.assertRefused;
import static dev.sotto.client.engine.OlmPair.bytes;
import static dev.sotto.client.engine.OlmPair.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.engine.EngineException.Reason;
import dev.sotto.protocol.crypto.UnpaddedBase64;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OlmAccountTest {
  private final OlmAccount account = OlmAccount.create();
  private final PickleKey key = PickleKey.generate(new SecureRandom());

  @AfterEach
  void close() {
    account.close();
    key.close();
  }

  @Test
  void signaturesAreTheFingerprintKeys() {
    byte[] signature = account.sign(bytes("message"));
    assertTrue(account.ed25519Key().verify(bytes("message"), signature));
    assertFalse(account.ed25519Key().verify(bytes("another"), signature));
  }

  @Test
  void accountsDiffer() {
    try (OlmAccount other = OlmAccount.create()) {
      assertNotEquals(account.ed25519Key(), other.ed25519Key());
      assertNotEquals(account.curve25519Key(), other.curve25519Key());
    }
  }

  @Test
  void oneTimeKeysAreListedUntilTheyArePublished() {
    assertEquals(10, account.generateOneTimeKeys(10));
    List<OneTimeKey> keys = account.oneTimeKeys();
    assertEquals(10, keys.stream().map(OneTimeKey::id).collect(Collectors.toSet()).size());
    assertEquals(10, keys.stream().map(OneTimeKey::key).collect(Collectors.toSet()).size());
    keys.forEach(each -> assertTrue(each.id().matches("[A-Za-z0-9+/]{11}"), each.id()));
    account.markKeysAsPublished();
    assertEquals(List.of(), account.oneTimeKeys());
  }

  @Test
  void neverMoreOneTimeKeysWaitThanTheServerShouldHold() {
    assertEquals(30, account.generateOneTimeKeys(30));
    assertEquals(account.maxOneTimeKeys() - 30, account.generateOneTimeKeys(1000));
    assertEquals(account.maxOneTimeKeys(), account.oneTimeKeys().size());
    assertEquals(0, account.generateOneTimeKeys(1));
    account.markKeysAsPublished();
    assertEquals(1, account.generateOneTimeKeys(1));
  }

  @Test
  void theFallbackKeyBeginsAnyNumberOfSessions() throws EngineException {
    account.generateFallbackKey();
    Curve25519Key fallback = account.fallbackKey().getFirst().key();
    account.markKeysAsPublished();
    assertEquals(List.of(), account.fallbackKey());
    assertEquals("one", begin(fallback, "one"));
    assertEquals("two", begin(fallback, "two"));
  }

  @Test
  void theFallbackKeyBeforeStaysGoodUntilItIsForgotten() throws EngineException {
    account.generateFallbackKey();
    Curve25519Key before = account.fallbackKey().getFirst().key();
    account.markKeysAsPublished();
    account.generateFallbackKey();
    assertEquals("late", begin(before, "late"));
    assertTrue(account.forgetFallbackKey());
    assertFalse(account.forgetFallbackKey());
    assertRefused(Reason.UNKNOWN_ONE_TIME_KEY, () -> begin(before, "too late"));
  }

  private String begin(Curve25519Key with, String plaintext) throws EngineException {
    try (OlmAccount other = OlmAccount.create();
        OlmSession session = other.createOutbound(account.curve25519Key(), with)) {
      InboundOlm inbound =
          account.createInbound(other.curve25519Key(), session.encrypt(bytes(plaintext)));
      inbound.session().close();
      return text(inbound.plaintext());
    }
  }

  @Test
  void accountsSurviveTheirPickles() throws EngineException {
    account.generateOneTimeKeys(3);
    account.generateFallbackKey();
    try (OlmAccount restored = OlmAccount.unpickle(account.pickle(key), key)) {
      assertEquals(account.ed25519Key(), restored.ed25519Key());
      assertEquals(account.curve25519Key(), restored.curve25519Key());
      assertEquals(
          account.oneTimeKeys().stream().collect(Collectors.toSet()),
          restored.oneTimeKeys().stream().collect(Collectors.toSet()));
      assertEquals(account.fallbackKey(), restored.fallbackKey());
    }
  }

  @Test
  void picklesAreEncrypted() {
    String pickle = new String(account.pickle(key), StandardCharsets.US_ASCII);
    String unsealed = new String(UnpaddedBase64.decode(pickle), StandardCharsets.ISO_8859_1);
    assertFalse(unsealed.contains("signing_key"));
  }

  @Test
  void anotherKeyOpensNoPickle() {
    byte[] pickle = account.pickle(key);
    try (PickleKey other = PickleKey.generate(new SecureRandom())) {
      assertRefused(Reason.WRONG_KEY, () -> OlmAccount.unpickle(pickle, other));
    }
  }

  @Test
  void whatIsNoPickleIsRefused() {
    assertRefused(Reason.DAMAGED, () -> OlmAccount.unpickle(bytes("!"), key));
    assertRefused(Reason.DAMAGED, () -> OlmAccount.unpickle(new byte[] {-1, -2}, key));
    assertRefused(Reason.WRONG_KEY, () -> OlmAccount.unpickle(new byte[0], key));
    try (OutboundMegolm session = OutboundMegolm.create()) {
      assertRefused(Reason.DAMAGED, () -> OlmAccount.unpickle(session.pickle(key), key));
    }
  }

  @Test
  void aDehydratedDeviceReadsWhatWasSentToIt() throws EngineException {
    account.generateOneTimeKeys(1);
    account.generateFallbackKey();
    OneTimeKey oneTime = account.oneTimeKeys().getFirst();
    OneTimeKey fallback = account.fallbackKey().getFirst();
    DehydratedAccount dehydrated = account.dehydrate(key);
    try (OlmAccount rehydrated = OlmAccount.rehydrate(dehydrated, key);
        OlmAccount sender = OlmAccount.create()) {
      assertEquals(account.ed25519Key(), rehydrated.ed25519Key());
      for (OneTimeKey with : List.of(oneTime, fallback)) {
        try (OlmSession session = sender.createOutbound(account.curve25519Key(), with.key())) {
          InboundOlm read =
              rehydrated.createInbound(sender.curve25519Key(), session.encrypt(bytes("wake up")));
          assertEquals("wake up", text(read.plaintext()));
          read.session().close();
        }
      }
    }
  }

  @Test
  void anotherKeyRehydratesNothing() throws EngineException {
    DehydratedAccount dehydrated = account.dehydrate(key);
    try (PickleKey other = PickleKey.generate(new SecureRandom())) {
      assertRefused(Reason.WRONG_KEY, () -> OlmAccount.rehydrate(dehydrated, other));
    }
    assertRefused(
        Reason.DAMAGED,
        () -> OlmAccount.rehydrate(new DehydratedAccount(dehydrated.ciphertext(), "AA"), key));
    assertRefused(
        Reason.DAMAGED,
        () -> OlmAccount.rehydrate(new DehydratedAccount("\u00e9", dehydrated.nonce()), key));
  }
}
