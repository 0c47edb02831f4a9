package dev.sotto.client.engine;

import static dev.sotto.client.engine.OlmPair.bytes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.sotto.client.engine.MegolmKey.Format;
import dev.sotto.client.engine.OlmMessage.Kind;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// Whatever is received, the engine gives what was sent or an `EngineException`: nothing else is
/// thrown, nothing else comes out, and the process lives.
class HostilePropertiesTest {
  private static final int TRIES = 500;
  private static final byte[] PLAINTEXT = bytes("the plaintext of an event, some letters long");

  /// A call that may refuse what it is given.
  private interface Attempt<T> {
    T make() throws EngineException;
  }

  /// Anything but a refusal by the engine fails the property.
  private static <T> List<T> unlessRefused(Attempt<T> attempt) {
    try {
      return List.of(attempt.make());
    } catch (EngineException e) {
      assertNotNull(e.reason());
      return List.of();
    }
  }

  private static void readsOnlyWhatWasSent(Attempt<byte[]> attempt) {
    unlessRefused(attempt).forEach(read -> assertArrayEquals(PLAINTEXT, read));
  }

  @Provide
  Arbitrary<List<Mutation>> mutations() {
    return Mutation.some();
  }

  @Provide
  Arbitrary<byte[]> rubbish() {
    return Arbitraries.bytes().array(byte[].class).ofMaxSize(400);
  }

  /// Also such as is no Unicode.
  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.chars().all().list().ofMaxSize(60).map(HostilePropertiesTest::joined);
  }

  private static String joined(List<Character> chars) {
    StringBuilder text = new StringBuilder();
    chars.forEach(text::append);
    return text.toString();
  }

  @Provide
  Arbitrary<byte[]> keys() {
    return Arbitraries.oneOf(
        Arbitraries.bytes().array(byte[].class).ofSize(32),
        Arbitraries.of((byte) 0, (byte) -1, (byte) 1).array(byte[].class).ofSize(32),
        Arbitraries.bytes().array(byte[].class).ofMaxSize(40));
  }

  @Property(tries = TRIES)
  void mutatedPreKeyMessages(@ForAll("mutations") List<Mutation> mutations) throws EngineException {
    try (OlmAccount alice = OlmAccount.create();
        OlmAccount bob = OlmAccount.create();
        OlmSession session = OlmPair.begin(alice, bob)) {
      OlmMessage sent = session.encrypt(PLAINTEXT);
      OlmMessage received = OlmMessage.of(Kind.PRE_KEY, Mutation.all(mutations, sent.body()));
      unlessRefused(received::preKey);
      readsOnlyWhatWasSent(
          () -> {
            InboundOlm inbound = bob.createInbound(alice.curve25519Key(), received);
            inbound.session().close();
            return inbound.plaintext();
          });
    }
  }

  @Property(tries = TRIES)
  void mutatedNormalMessages(@ForAll("mutations") List<Mutation> mutations) throws EngineException {
    try (OlmPair pair = OlmPair.create()) {
      OlmMessage sent = pair.toAlice().encrypt(PLAINTEXT);
      byte[] body = Mutation.all(mutations, sent.body());
      for (Kind kind : Kind.values()) {
        readsOnlyWhatWasSent(() -> pair.toBob().decrypt(OlmMessage.of(kind, body)));
      }
      unlessRefused(
          () ->
              pair.alice()
                  .createInbound(pair.bob().curve25519Key(), OlmMessage.of(Kind.NORMAL, body)));
      // The session still works.
      OlmMessage next = pair.toAlice().encrypt(PLAINTEXT);
      assertArrayEquals(PLAINTEXT, pair.toBob().decrypt(next));
    }
  }

  @Property(tries = TRIES)
  void rubbishForOlmMessages(@ForAll("rubbish") byte[] rubbish) throws EngineException {
    try (OlmPair pair = OlmPair.create()) {
      for (Kind kind : Kind.values()) {
        OlmMessage received = OlmMessage.of(kind, rubbish);
        assertEquals(List.of(), unlessRefused(() -> pair.toAlice().decrypt(received)));
        assertEquals(
            List.of(),
            unlessRefused(() -> pair.bob().createInbound(pair.alice().curve25519Key(), received)));
      }
    }
  }

  @Property(tries = TRIES)
  void mutatedMegolmMessages(@ForAll("mutations") List<Mutation> mutations) throws EngineException {
    try (OutboundMegolm outbound = OutboundMegolm.create();
        InboundMegolm inbound = InboundMegolm.open(outbound.sessionKey())) {
      byte[] received = Mutation.all(mutations, outbound.encrypt(PLAINTEXT).bytes());
      readsOnlyWhatWasSent(() -> inbound.decrypt(MegolmMessage.of(received)).plaintext());
      assertArrayEquals(PLAINTEXT, inbound.decrypt(outbound.encrypt(PLAINTEXT)).plaintext());
    }
  }

  @Property(tries = TRIES)
  void rubbishForMegolmMessages(@ForAll("rubbish") byte[] rubbish) throws EngineException {
    try (OutboundMegolm outbound = OutboundMegolm.create();
        InboundMegolm inbound = InboundMegolm.open(outbound.sessionKey())) {
      assertEquals(
          List.of(), unlessRefused(() -> inbound.decrypt(MegolmMessage.of(rubbish)).plaintext()));
    }
  }

  /// An exported key is not signed, so most of these open some session; it must stand being used.
  @Property(tries = TRIES)
  void mutatedMegolmKeys(@ForAll("mutations") List<Mutation> mutations) throws EngineException {
    try (OutboundMegolm outbound = OutboundMegolm.create();
        InboundMegolm inbound = InboundMegolm.open(outbound.sessionKey())) {
      MegolmMessage message = outbound.encrypt(PLAINTEXT);
      for (MegolmKey key : List.of(outbound.sessionKey(), inbound.export())) {
        byte[] received = Mutation.all(mutations, key.bytes());
        for (InboundMegolm other :
            unlessRefused(() -> InboundMegolm.open(MegolmKey.of(key.format(), received)))) {
          readsOnlyWhatWasSent(() -> other.decrypt(message).plaintext());
          inbound.compare(other);
          unlessRefused(() -> other.merge(inbound)).forEach(InboundMegolm::close);
          other.export().close();
          other.close();
        }
      }
    }
  }

  @Property(tries = TRIES)
  void rubbishForMegolmKeys(@ForAll("rubbish") byte[] rubbish) {
    for (Format format : Format.values()) {
      unlessRefused(() -> InboundMegolm.open(MegolmKey.of(format, rubbish)))
          .forEach(InboundMegolm::close);
    }
  }

  @Property(tries = TRIES)
  void mutatedPickles(@ForAll("mutations") List<Mutation> mutations) throws EngineException {
    try (OlmPair pair = OlmPair.create();
        OutboundMegolm outbound = OutboundMegolm.create();
        InboundMegolm inbound = InboundMegolm.open(outbound.sessionKey());
        PickleKey key = PickleKey.of(new byte[PickleKey.BYTES])) {
      for (byte[] pickle :
          List.of(
              pair.bob().pickle(key),
              pair.toBob().pickle(key),
              outbound.pickle(key),
              inbound.pickle(key))) {
        unpickleAll(Mutation.all(mutations, pickle), key);
      }
    }
  }

  @Property(tries = TRIES)
  void rubbishForPickles(@ForAll("rubbish") byte[] rubbish) {
    try (PickleKey key = PickleKey.of(new byte[PickleKey.BYTES])) {
      unpickleAll(rubbish, key);
    }
  }

  private static void unpickleAll(byte[] pickle, PickleKey key) {
    unlessRefused(() -> OlmAccount.unpickle(pickle, key)).forEach(OlmAccount::close);
    unlessRefused(() -> OlmSession.unpickle(pickle, key)).forEach(OlmSession::close);
    unlessRefused(() -> OutboundMegolm.unpickle(pickle, key)).forEach(OutboundMegolm::close);
    unlessRefused(() -> InboundMegolm.unpickle(pickle, key)).forEach(InboundMegolm::close);
  }

  @Property(tries = TRIES)
  void anyKeys(@ForAll("keys") byte[] bytes) {
    for (Curve25519Key key : unlessRefused(() -> Curve25519Key.of(bytes))) {
      try (OlmAccount account = OlmAccount.create();
          Sas sas = Sas.create();
          BackupEncryption backup = BackupEncryption.to(key);
          OlmSession session = account.createOutbound(key, key)) {
        session.encrypt(PLAINTEXT);
        backup.encrypt(PLAINTEXT);
        assertEquals(1, unlessRefused(() -> sas.establish(key)).size());
      }
    }
    if (bytes.length == BackupKey.BYTES) {
      try (BackupKey key = BackupKey.of(bytes);
          BackupDecryption decryption = BackupDecryption.with(key)) {
        assertArrayEquals(bytes, decryption.key().bytes());
      }
    }
  }

  @Property(tries = TRIES)
  void mutatedBackups(@ForAll("mutations") List<Mutation> mutations) {
    try (BackupDecryption decryption = BackupDecryption.create();
        BackupEncryption encryption = BackupEncryption.to(decryption.publicKey())) {
      BackupMessage sent = encryption.encrypt(PLAINTEXT);
      // Of the ciphertext alone anything may be read: it is not covered by the code.
      byte[] ciphertext = Mutation.all(mutations, sent.ciphertext());
      unlessRefused(
          () -> decryption.decrypt(new BackupMessage(ciphertext, sent.mac(), sent.ephemeral())));
      byte[] mac = Mutation.all(mutations, sent.mac());
      readsOnlyWhatWasSent(
          () -> decryption.decrypt(new BackupMessage(sent.ciphertext(), mac, sent.ephemeral())));
      byte[] key = Mutation.all(mutations, sent.ephemeral().bytes());
      readsOnlyWhatWasSent(
          () ->
              decryption.decrypt(
                  new BackupMessage(sent.ciphertext(), sent.mac(), Curve25519Key.of(key))));
    }
  }

  @Property(tries = TRIES)
  void anyTextInVerifications(@ForAll("texts") String one, @ForAll("texts") String two)
      throws EngineException {
    try (Sas alice = Sas.create();
        Sas bob = Sas.create();
        EstablishedSas here = alice.establish(bob.publicKey());
        EstablishedSas there = bob.establish(alice.publicKey())) {
      assertEquals(here.code(one), there.code(one));
      assertEquals(here.mac(one, two), there.mac(one, two));
      there.verifyMac(one, two, two);
    }
  }

  @Property(tries = TRIES)
  void anyTextForDehydratedAccounts(
      @ForAll("texts") String one,
      @ForAll("texts") String two,
      @ForAll("mutations") List<Mutation> mutations)
      throws EngineException {
    try (OlmAccount account = OlmAccount.create();
        PickleKey key = PickleKey.of(new byte[PickleKey.BYTES])) {
      DehydratedAccount sent = account.dehydrate(key);
      String mutated = OlmPair.text(Mutation.all(mutations, OlmPair.bytes(sent.ciphertext())));
      for (DehydratedAccount received :
          List.of(
              new DehydratedAccount(one, two),
              new DehydratedAccount(sent.ciphertext(), two),
              new DehydratedAccount(one, sent.nonce()),
              new DehydratedAccount(mutated, sent.nonce()))) {
        unlessRefused(() -> OlmAccount.rehydrate(received, key)).forEach(OlmAccount::close);
      }
    }
  }
}
