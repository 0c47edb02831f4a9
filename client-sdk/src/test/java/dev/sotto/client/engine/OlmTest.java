package dev.sotto.client.engine;

import static dev.sotto.client.engine.OlmPair.assertRefused;
import static dev.sotto.client.engine.OlmPair.bytes;
import static dev.sotto.client.engine.OlmPair.text;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.client.engine.EngineException.Reason;
import dev.sotto.client.engine.OlmMessage.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OlmTest {
  private OlmPair pair;

  @BeforeEach
  void begin() throws EngineException {
    pair = OlmPair.create();
  }

  @AfterEach
  void end() {
    pair.close();
  }

  @Test
  void messagesGoBothWays() throws EngineException {
    for (int i = 0; i < 5; i++) {
      String there = "there " + i;
      String back = "back " + i;
      assertEquals(there, text(pair.toAlice().decrypt(pair.toBob().encrypt(bytes(there)))));
      assertEquals(back, text(pair.toBob().decrypt(pair.toAlice().encrypt(bytes(back)))));
    }
  }

  @Test
  void aMessageMayBeEmpty() throws EngineException {
    assertEquals("", text(pair.toAlice().decrypt(pair.toBob().encrypt(new byte[0]))));
  }

  @Test
  void untilTheOtherSideAnswersEachMessageBeginsTheSession() throws EngineException {
    assertEquals(Kind.PRE_KEY, pair.toBob().encrypt(bytes("still")).kind());
    pair.toBob().decrypt(pair.toAlice().encrypt(bytes("answer")));
    assertEquals(Kind.NORMAL, pair.toBob().encrypt(bytes("from now on")).kind());
  }

  @Test
  void bothSidesAndThePreKeyMessageNameTheSameSession() throws EngineException {
    OlmPreKey preKey = pair.toBob().encrypt(bytes("again")).preKey();
    assertEquals(pair.toBob().id(), preKey.sessionId());
    assertEquals(pair.toAlice().id(), preKey.sessionId());
    assertEquals(pair.alice().curve25519Key(), preKey.identityKey());
  }

  @Test
  void aNormalMessageBeginsNoSession() throws EngineException {
    OlmMessage normal = pair.toAlice().encrypt(bytes("answer"));
    assertEquals(Kind.NORMAL, normal.kind());
    assertRefused(Reason.WRONG_KIND, normal::preKey);
    assertRefused(
        Reason.WRONG_KIND, () -> pair.alice().createInbound(pair.bob().curve25519Key(), normal));
  }

  @Test
  void messagesAreDecryptedInAnyOrder() throws EngineException {
    List<OlmMessage> messages = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      messages.add(pair.toBob().encrypt(bytes("message " + i)));
    }
    for (int i = 29; i >= 0; i--) {
      assertEquals("message " + i, text(pair.toAlice().decrypt(messages.get(i))));
    }
  }

  @Test
  void lostMessagesDoNotStopTheConversation() throws EngineException {
    for (int i = 0; i < 100; i++) {
      pair.toBob().encrypt(bytes("lost"));
    }
    assertEquals("here", text(pair.toAlice().decrypt(pair.toBob().encrypt(bytes("here")))));
  }

  @Test
  void tooManyLostMessagesAreNotMadeUpFor() {
    for (int i = 0; i < 2001; i++) {
      pair.toBob().encrypt(bytes("lost"));
    }
    OlmMessage far = pair.toBob().encrypt(bytes("far"));
    assertRefused(Reason.TOO_FAR_AHEAD, () -> pair.toAlice().decrypt(far));
  }

  @Test
  void aReplayIsRefused() throws EngineException {
    OlmMessage message = pair.toBob().encrypt(bytes("once"));
    pair.toAlice().decrypt(message);
    assertRefused(Reason.SPENT, () -> pair.toAlice().decrypt(message));
    OlmMessage answer = pair.toAlice().encrypt(bytes("once"));
    pair.toBob().decrypt(answer);
    assertRefused(Reason.SPENT, () -> pair.toBob().decrypt(answer));
  }

  @Test
  void anAlteredMessageIsRefusedAndTheOriginalStillRead() throws EngineException {
    OlmMessage message = pair.toBob().encrypt(bytes("as it was"));
    byte[] altered = message.body();
    altered[altered.length - 1] ^= 1;
    assertRefused(
        Reason.DAMAGED, () -> pair.toAlice().decrypt(OlmMessage.of(message.kind(), altered)));
    assertEquals("as it was", text(pair.toAlice().decrypt(message)));
  }

  @Test
  void aMessageOfAnotherSessionIsRefused() throws EngineException {
    try (OlmSession other = OlmPair.begin(pair.alice(), pair.bob())) {
      OlmMessage message = other.encrypt(bytes("elsewhere"));
      assertRefused(Reason.DAMAGED, () -> pair.toAlice().decrypt(message));
    }
  }

  @Test
  void aPreKeyMessageThatNamesOtherKeysThanItsSessionIsRefused() throws EngineException {
    OlmMessage message = pair.toBob().encrypt(bytes("again"));
    OlmPreKey preKey = message.preKey();
    for (Curve25519Key key : List.of(preKey.identityKey(), preKey.baseKey(), preKey.oneTimeKey())) {
      byte[] other = key.bytes();
      other[0] ^= 1;
      OlmMessage altered =
          OlmMessage.of(Kind.PRE_KEY, replaced(message.body(), key.bytes(), other));
      assertRefused(Reason.DAMAGED, () -> pair.toAlice().decrypt(altered));
    }
    assertEquals("again", text(pair.toAlice().decrypt(message)));
  }

  @Test
  void aOneTimeKeyBeginsOneSession() throws EngineException {
    OlmMessage message = pair.toBob().encrypt(bytes("again"));
    assertRefused(
        Reason.UNKNOWN_ONE_TIME_KEY,
        () -> pair.bob().createInbound(pair.alice().curve25519Key(), message));
  }

  @Test
  void aPreKeyMessageHasToBeOfItsSender() throws EngineException {
    try (OlmAccount carol = OlmAccount.create();
        OlmSession session = OlmPair.begin(pair.alice(), pair.bob())) {
      OlmMessage message = session.encrypt(bytes("from Alice"));
      assertRefused(
          Reason.WRONG_SENDER, () -> pair.bob().createInbound(carol.curve25519Key(), message));
      InboundOlm read = pair.bob().createInbound(pair.alice().curve25519Key(), message);
      assertEquals("from Alice", text(read.plaintext()));
      read.session().close();
    }
  }

  @Test
  void aDamagedPreKeyMessageDoesNotUseUpTheOneTimeKey() throws EngineException {
    try (OlmSession session = OlmPair.begin(pair.alice(), pair.bob())) {
      OlmMessage message = session.encrypt(bytes("whole"));
      byte[] altered = message.body();
      altered[altered.length - 1] ^= 1;
      OlmMessage damaged = OlmMessage.of(Kind.PRE_KEY, altered);
      Curve25519Key alice = pair.alice().curve25519Key();
      assertRefused(Reason.DAMAGED, () -> pair.bob().createInbound(alice, damaged));
      InboundOlm read = pair.bob().createInbound(alice, message);
      assertEquals("whole", text(read.plaintext()));
      read.session().close();
    }
  }

  @Test
  void aPreKeyMessageWithAWeakKeyIsRefused() throws EngineException {
    try (OlmSession session = OlmPair.begin(pair.alice(), pair.bob())) {
      OlmMessage message = session.encrypt(bytes("hello"));
      OlmPreKey preKey = message.preKey();
      for (Curve25519Key key : List.of(preKey.baseKey(), preKey.identityKey())) {
        OlmMessage weak =
            OlmMessage.of(Kind.PRE_KEY, replaced(message.body(), key.bytes(), new byte[32]));
        assertRefused(Reason.WEAK_KEY, weak::preKey);
        assertRefused(Reason.WEAK_KEY, () -> pair.bob().createInbound(preKey.identityKey(), weak));
      }
    }
  }

  @Test
  void aMessageWithAWeakRatchetKeyIsRefused() throws EngineException {
    OlmMessage message = pair.toAlice().encrypt(bytes("answer"));
    // Version, tag and length come before the key.
    byte[] key = Arrays.copyOfRange(message.body(), 3, 3 + Curve25519Key.BYTES);
    OlmMessage weak = OlmMessage.of(Kind.NORMAL, replaced(message.body(), key, new byte[32]));
    assertRefused(Reason.WEAK_KEY, () -> pair.toBob().decrypt(weak));
  }

  @Test
  void sessionsSurviveTheirPickles() throws EngineException {
    OlmMessage message = pair.toBob().encrypt(bytes("after"));
    try (PickleKey key = PickleKey.of(new byte[PickleKey.BYTES]);
        OlmSession restored = OlmSession.unpickle(pair.toAlice().pickle(key), key)) {
      assertEquals(pair.toAlice().id(), restored.id());
      assertEquals("after", text(restored.decrypt(message)));
      assertEquals("back", text(pair.toBob().decrypt(restored.encrypt(bytes("back")))));
    }
  }

  private static byte[] replaced(byte[] in, byte[] what, byte[] with) {
    byte[] out = in.clone();
    for (int at = 0; at + what.length <= in.length; at++) {
      if (Arrays.equals(in, at, at + what.length, what, 0, what.length)) {
        System.arraycopy(with, 0, out, at, with.length);
        return out;
      }
    }
    throw new AssertionError("not found");
  }
}
