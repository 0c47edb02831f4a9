package dev.sotto.client.engine;

import static dev.sotto.client.engine.OlmPair.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sotto.client.engine.MegolmKey.Format;
import dev.sotto.client.engine.OlmMessage.Kind;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/// What would end the process in C is an exception here.
class MisuseTest {
  private static final byte[] TEXT = bytes("text");

  private static void assertClosed(Executable... calls) {
    for (Executable call : calls) {
      assertThrows(IllegalStateException.class, call);
    }
  }

  @Test
  void aClosedAccountSaysSo() {
    PickleKey key = PickleKey.generate(new SecureRandom());
    OlmAccount account = OlmAccount.create();
    OlmMessage message;
    try (OlmAccount other = OlmAccount.create();
        OlmSession session = OlmPair.begin(other, account)) {
      message = session.encrypt(TEXT);
    }
    Curve25519Key own = account.curve25519Key();
    account.close();
    account.close();
    assertClosed(
        () -> account.pickle(key),
        () -> account.dehydrate(key),
        () -> account.sign(TEXT),
        account::maxOneTimeKeys,
        () -> account.generateOneTimeKeys(1),
        account::oneTimeKeys,
        account::generateFallbackKey,
        account::fallbackKey,
        account::forgetFallbackKey,
        account::markKeysAsPublished,
        () -> account.createOutbound(own, own),
        () -> account.createInbound(own, message));
    assertEquals(own, account.curve25519Key());
  }

  @Test
  void aClosedOlmSessionSaysSo() throws EngineException {
    PickleKey key = PickleKey.generate(new SecureRandom());
    try (OlmPair pair = OlmPair.create()) {
      OlmMessage message = pair.toBob().encrypt(TEXT);
      OlmSession session = pair.toAlice();
      session.close();
      session.close();
      assertClosed(
          () -> session.pickle(key), () -> session.encrypt(TEXT), () -> session.decrypt(message));
    }
  }

  @Test
  void closedMegolmSessionsSaySo() throws EngineException {
    PickleKey key = PickleKey.generate(new SecureRandom());
    OutboundMegolm outbound = OutboundMegolm.create();
    InboundMegolm inbound = InboundMegolm.open(outbound.sessionKey());
    InboundMegolm open = InboundMegolm.open(outbound.sessionKey());
    MegolmMessage message = outbound.encrypt(TEXT);
    outbound.close();
    outbound.close();
    inbound.close();
    inbound.close();
    assertClosed(
        () -> outbound.pickle(key),
        () -> outbound.encrypt(TEXT),
        outbound::sessionKey,
        outbound::nextIndex,
        () -> inbound.pickle(key),
        () -> inbound.decrypt(message),
        inbound::export,
        inbound::firstKnownIndex,
        () -> inbound.compare(open),
        () -> open.compare(inbound),
        () -> inbound.compare(inbound),
        () -> inbound.merge(open),
        () -> open.merge(inbound));
    open.close();
  }

  @Test
  void closedVerificationsSaySo() throws EngineException {
    Sas sas = Sas.create();
    Sas other = Sas.create();
    EstablishedSas established = other.establish(sas.publicKey());
    sas.close();
    sas.close();
    established.close();
    established.close();
    assertClosed(
        () -> sas.establish(other.publicKey()),
        () -> established.code("info"),
        () -> established.mac("input", "info"),
        () -> established.verifyMac("input", "info", "A".repeat(43)));
  }

  @Test
  void closedBackupsSaySo() {
    BackupDecryption decryption = BackupDecryption.create();
    BackupEncryption encryption = BackupEncryption.to(decryption.publicKey());
    BackupMessage message = encryption.encrypt(TEXT);
    decryption.close();
    decryption.close();
    encryption.close();
    encryption.close();
    assertClosed(
        () -> encryption.encrypt(TEXT), () -> decryption.decrypt(message), decryption::key);
  }

  @Test
  void closedKeysSaySo() {
    OlmAccount account = OlmAccount.create();
    PickleKey key = PickleKey.generate(new SecureRandom());
    byte[] pickle = account.pickle(key);
    key.close();
    assertClosed(key::bytes, () -> account.pickle(key), () -> OlmAccount.unpickle(pickle, key));
    account.close();
  }

  @Test
  void keysHaveTheirLength() {
    for (int length : new int[] {0, 31, 33}) {
      assertThrows(IllegalArgumentException.class, () -> PickleKey.of(new byte[length]));
      assertThrows(IllegalArgumentException.class, () -> BackupKey.of(new byte[length]));
    }
  }

  @Test
  void secretsAreNotPrinted() throws EngineException {
    try (PickleKey key = PickleKey.of(new byte[PickleKey.BYTES]);
        PickleKey same = PickleKey.of(new byte[PickleKey.BYTES]);
        PickleKey other = PickleKey.generate(new SecureRandom());
        OutboundMegolm session = OutboundMegolm.create();
        MegolmKey megolm = session.sessionKey()) {
      assertEquals("PickleKey", key.toString());
      assertEquals("MegolmKey", megolm.toString());
      assertEquals(key, same);
      assertEquals(key.hashCode(), other.hashCode());
      assertNotEquals(key, other);
    }
  }

  @Test
  void aMegabyteTooManyIsRefused() throws EngineException {
    byte[] tooMuch = new byte[(16 << 20) + 1];
    try (OlmPair pair = OlmPair.create();
        OutboundMegolm outbound = OutboundMegolm.create();
        InboundMegolm inbound = InboundMegolm.open(outbound.sessionKey());
        PickleKey key = PickleKey.of(new byte[PickleKey.BYTES])) {
      assertThrows(IllegalArgumentException.class, () -> pair.toBob().encrypt(tooMuch));
      assertThrows(IllegalArgumentException.class, () -> outbound.encrypt(tooMuch));
      assertThrows(IllegalArgumentException.class, () -> pair.alice().sign(tooMuch));
      assertThrows(
          EngineException.class, () -> pair.toAlice().decrypt(OlmMessage.of(Kind.NORMAL, tooMuch)));
      assertThrows(EngineException.class, () -> inbound.decrypt(MegolmMessage.of(tooMuch)));
      assertThrows(EngineException.class, () -> OlmAccount.unpickle(tooMuch, key));
    }
  }

  @Test
  void negativeCountsAreRefused() {
    try (OlmAccount account = OlmAccount.create()) {
      assertThrows(IllegalArgumentException.class, () -> account.generateOneTimeKeys(-1));
      assertEquals(0, account.generateOneTimeKeys(0));
    }
  }

  /// Null is what the annotations forbid; a caller without them still gets only an exception.
  @Test
  @SuppressWarnings("NullAway")
  void nullIsRefused() throws EngineException {
    try (OlmPair pair = OlmPair.create();
        OutboundMegolm outbound = OutboundMegolm.create();
        InboundMegolm inbound = InboundMegolm.open(outbound.sessionKey());
        Sas sas = Sas.create();
        BackupDecryption decryption = BackupDecryption.create();
        PickleKey key = PickleKey.of(new byte[PickleKey.BYTES])) {
      Curve25519Key own = pair.bob().curve25519Key();
      List<Executable> calls =
          List.of(
              () -> pair.bob().pickle(null),
              () -> pair.bob().sign(null),
              () -> pair.bob().dehydrate(null),
              () -> pair.bob().createOutbound(null, own),
              () -> pair.bob().createOutbound(own, null),
              () -> pair.bob().createInbound(own, null),
              () -> pair.bob().createInbound(null, pair.toBob().encrypt(TEXT)),
              () -> pair.toBob().encrypt(null),
              () -> pair.toBob().decrypt(null),
              () -> pair.toBob().pickle(null),
              () -> OlmMessage.of(null, TEXT),
              () -> OlmMessage.of(Kind.NORMAL, null),
              () -> outbound.encrypt(null),
              () -> outbound.pickle(null),
              () -> inbound.decrypt(null),
              () -> inbound.compare(null),
              () -> inbound.merge(null),
              () -> inbound.pickle(null),
              () -> InboundMegolm.open(null),
              () -> MegolmKey.of(null, TEXT),
              () -> MegolmKey.of(Format.SHARED, null),
              () -> sas.establish(null),
              () -> BackupEncryption.to(null),
              () -> BackupDecryption.with(null),
              () -> decryption.decrypt(null),
              () -> OlmAccount.unpickle(null, key),
              () -> OlmAccount.unpickle(TEXT, null),
              () -> PickleKey.of(null),
              () -> Curve25519Key.of(null));
      for (Executable call : calls) {
        assertThrows(NullPointerException.class, call);
      }
    }
  }
}
