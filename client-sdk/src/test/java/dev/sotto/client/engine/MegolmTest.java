package dev.sotto.client.engine;

import static dev.sotto.client.engine.OlmPair.assertRefused;
import static dev.sotto.client.engine.OlmPair.bytes;
import static dev.sotto.client.engine.OlmPair.text;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.client.engine.EngineException.Reason;
import dev.sotto.client.engine.MegolmKey.Format;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MegolmTest {
  private final OutboundMegolm outbound = OutboundMegolm.create();
  private InboundMegolm inbound;

  @BeforeEach
  void open() throws EngineException {
    inbound = InboundMegolm.open(outbound.sessionKey());
  }

  @AfterEach
  void close() {
    inbound.close();
    outbound.close();
  }

  @Test
  void everybodyWithTheKeyReads() throws EngineException {
    try (InboundMegolm another = InboundMegolm.open(outbound.sessionKey())) {
      MegolmMessage message = outbound.encrypt(bytes("to all"));
      assertEquals("to all", text(inbound.decrypt(message).plaintext()));
      assertEquals("to all", text(another.decrypt(message).plaintext()));
    }
    assertEquals(outbound.id(), inbound.id());
  }

  @Test
  void messagesAreDecryptedInAnyOrderWithTheirIndex() throws EngineException {
    List<MegolmMessage> messages = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      assertEquals(i, outbound.nextIndex());
      messages.add(outbound.encrypt(bytes("message " + i)));
    }
    for (int i : new int[] {299, 0, 256, 255, 17}) {
      DecryptedMegolm decrypted = inbound.decrypt(messages.get(i));
      assertEquals(i, decrypted.index());
      assertEquals("message " + i, text(decrypted.plaintext()));
    }
  }

  @Test
  void aReplayShowsInTheIndexOnly() throws EngineException {
    MegolmMessage message = outbound.encrypt(bytes("once"));
    assertEquals(0, inbound.decrypt(message).index());
    assertEquals(0, inbound.decrypt(message).index());
    assertEquals(1, inbound.decrypt(outbound.encrypt(bytes("twice"))).index());
  }

  @Test
  void whoIsGivenTheKeyLaterCannotReadBack() throws EngineException {
    MegolmMessage before = outbound.encrypt(bytes("before"));
    try (InboundMegolm late = InboundMegolm.open(outbound.sessionKey())) {
      assertEquals(1, late.firstKnownIndex());
      assertRefused(Reason.UNKNOWN_INDEX, () -> late.decrypt(before));
      assertEquals("after", text(late.decrypt(outbound.encrypt(bytes("after"))).plaintext()));
    }
  }

  @Test
  void anAlteredMessageIsRefused() {
    byte[] altered = outbound.encrypt(bytes("as it was")).bytes();
    altered[altered.length - 1] ^= 1;
    assertRefused(Reason.BAD_SIGNATURE, () -> inbound.decrypt(MegolmMessage.of(altered)));
    byte[] cut = outbound.encrypt(bytes("as it was")).bytes();
    byte[] half = Arrays.copyOf(cut, 20);
    assertRefused(Reason.DAMAGED, () -> inbound.decrypt(MegolmMessage.of(half)));
  }

  @Test
  void aMessageOfAnotherSessionIsRefused() {
    try (OutboundMegolm other = OutboundMegolm.create()) {
      MegolmMessage message = other.encrypt(bytes("elsewhere"));
      assertRefused(Reason.BAD_SIGNATURE, () -> inbound.decrypt(message));
    }
  }

  @Test
  void anExportedKeyReadsFromItsIndexOn() throws EngineException {
    List<MegolmMessage> messages = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      messages.add(outbound.encrypt(bytes("message " + i)));
    }
    MegolmKey exported = exported(outbound.sessionKey());
    messages.add(outbound.encrypt(bytes("message 5")));
    assertEquals(Format.EXPORTED, exported.format());
    try (InboundMegolm imported = InboundMegolm.open(again(exported))) {
      assertEquals(5, imported.firstKnownIndex());
      assertEquals(inbound.id(), imported.id());
      assertEquals("message 5", text(imported.decrypt(messages.get(5)).plaintext()));
      assertRefused(Reason.UNKNOWN_INDEX, () -> imported.decrypt(messages.get(4)));
      assertEquals(exported, imported.export());
    }
  }

  private static MegolmKey exported(MegolmKey key) throws EngineException {
    try (InboundMegolm session = InboundMegolm.open(key)) {
      return session.export();
    }
  }

  private static MegolmKey again(MegolmKey key) throws EngineException {
    return MegolmKey.ofBase64(key.format(), key.base64());
  }

  @Test
  void aSharedKeyHasToBeSignedByItsSession() throws EngineException {
    byte[] altered = outbound.sessionKey().bytes();
    altered[10] ^= 1;
    MegolmKey key = MegolmKey.of(Format.SHARED, altered);
    assertRefused(Reason.BAD_SIGNATURE, () -> InboundMegolm.open(key));
  }

  @Test
  void aKeyOfTheOtherFormatIsRefused() throws EngineException {
    byte[] shared = outbound.sessionKey().bytes();
    byte[] exported = inbound.export().bytes();
    assertRefused(Reason.DAMAGED, () -> MegolmKey.of(Format.EXPORTED, shared));
    assertRefused(Reason.DAMAGED, () -> MegolmKey.of(Format.SHARED, exported));
    MegolmKey misnamed = MegolmKey.of(Format.EXPORTED, Arrays.copyOf(shared, exported.length));
    assertRefused(Reason.DAMAGED, () -> InboundMegolm.open(misnamed));
  }

  @Test
  void sessionsAreComparedByWhereTheyBegin() throws EngineException {
    MegolmKey first = outbound.sessionKey();
    outbound.encrypt(bytes("the first"));
    try (InboundMegolm later = InboundMegolm.open(outbound.sessionKey());
        InboundMegolm same = InboundMegolm.open(first);
        OutboundMegolm elsewhere = OutboundMegolm.create();
        InboundMegolm other = InboundMegolm.open(elsewhere.sessionKey())) {
      assertEquals(MegolmOrder.EQUAL, inbound.compare(same));
      assertEquals(MegolmOrder.EQUAL, inbound.compare(inbound));
      assertEquals(MegolmOrder.BETTER, inbound.compare(later));
      assertEquals(MegolmOrder.WORSE, later.compare(inbound));
      assertEquals(MegolmOrder.UNCONNECTED, inbound.compare(other));
    }
  }

  @Test
  void aForgedSessionWithTheSameIdIsUnconnected() throws EngineException {
    byte[] forged = inbound.export().bytes();
    forged[10] ^= 1;
    try (InboundMegolm other = InboundMegolm.open(MegolmKey.of(Format.EXPORTED, forged))) {
      assertEquals(inbound.id(), other.id());
      assertEquals(MegolmOrder.UNCONNECTED, inbound.compare(other));
      assertRefused(Reason.UNCONNECTED, () -> inbound.merge(other));
    }
  }

  @Test
  void mergingKeepsTheEarlierBeginning() throws EngineException {
    MegolmMessage first = outbound.encrypt(bytes("first"));
    try (InboundMegolm later = InboundMegolm.open(outbound.sessionKey());
        InboundMegolm earlier = InboundMegolm.open(inbound.export());
        InboundMegolm merged = later.merge(earlier);
        InboundMegolm itself = merged.merge(merged)) {
      assertEquals(0, merged.firstKnownIndex());
      assertEquals(0, itself.firstKnownIndex());
      assertEquals("first", text(merged.decrypt(first).plaintext()));
    }
  }

  @Test
  void sessionsSurviveTheirPickles() throws EngineException {
    outbound.encrypt(bytes("before"));
    try (PickleKey key = PickleKey.of(new byte[PickleKey.BYTES]);
        OutboundMegolm sending = OutboundMegolm.unpickle(outbound.pickle(key), key);
        InboundMegolm receiving = InboundMegolm.unpickle(inbound.pickle(key), key)) {
      assertEquals(outbound.id(), sending.id());
      DecryptedMegolm decrypted = receiving.decrypt(sending.encrypt(bytes("after")));
      assertEquals(1, decrypted.index());
      assertEquals("after", text(decrypted.plaintext()));
    }
  }

  @Test
  void anotherKeyOpensNoPickle() {
    byte[] other = new byte[PickleKey.BYTES];
    other[0] = 1;
    try (PickleKey key = PickleKey.of(new byte[PickleKey.BYTES]);
        PickleKey wrong = PickleKey.of(other)) {
      assertRefused(Reason.WRONG_KEY, () -> OutboundMegolm.unpickle(outbound.pickle(key), wrong));
      assertRefused(Reason.WRONG_KEY, () -> InboundMegolm.unpickle(inbound.pickle(key), wrong));
      assertRefused(Reason.DAMAGED, () -> InboundMegolm.unpickle(outbound.pickle(key), key));
    }
  }

  @Test
  void largeMessagesPass() throws EngineException {
    byte[] large = new byte[5 << 20];
    large[large.length - 1] = 1;
    assertArrayEquals(large, inbound.decrypt(outbound.encrypt(large)).plaintext());
  }
}
