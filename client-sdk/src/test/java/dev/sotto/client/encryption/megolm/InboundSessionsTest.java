package dev.sotto.client.encryption.megolm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.encryption.megolm.InboundSessions.Unsaved;
import dev.sotto.client.engine.EngineException;
import dev.sotto.client.engine.MegolmKey;
import dev.sotto.client.store.MemoryStore;
import dev.sotto.protocol.id.RoomId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class InboundSessionsTest {
  private final Party alice = new Party("@alice:a.org", "PHONE", new MemoryStore());
  private final Voice voice = new Voice(alice);
  private Party bob = new Party("@bob:b.org", "LAPTOP", new MemoryStore());

  @AfterEach
  void close() {
    voice.close();
    alice.close();
    bob.close();
  }

  private void imports(ExportedKey... keys) {
    bob.keys.inbound().importKeys(List.of(keys), KeyOrigin.EXPORT);
  }

  private long firstIndex() {
    return bob.keys.inbound().find(voice.name()).orElseThrow().megolm().firstKnownIndex();
  }

  private SessionFacts facts() {
    return KnownSessions.facts(bob.keys.inbound(), voice.name()).orElseThrow();
  }

  @Test
  void anEarlierBeginningIsTakenUpAndALaterOneIsNot() throws EngineException {
    ExportedKey early = voice.exported();
    voice.text("one");
    voice.sharesWith(bob);
    assertEquals(1, firstIndex());
    voice.text("two");
    imports(voice.exported());
    assertEquals(1, firstIndex());
    imports(early);
    assertEquals(0, firstIndex());
    assertEquals(KeyOrigin.ROOM_KEY, facts().origin(), "its owner is as proven as before");

    bob = bob.restarted();
    assertEquals(0, firstIndex());
    assertEquals(Optional.of(alice.user), facts().owner());
  }

  @Test
  void whatWasPassedOnCannotReplaceWhatTheOwnerSent() throws EngineException {
    voice.sharesWith(bob);
    imports(forged());
    assertEquals(KeyOrigin.ROOM_KEY, facts().origin());
    assertEquals("real", read(voice.text("real")));
  }

  @Test
  void aForgedKeyGivesWayToTheOneOfTheOwner() throws EngineException {
    imports(forged());
    assertEquals(KeyOrigin.EXPORT, facts().origin());
    voice.sharesWith(bob);
    assertEquals("real", read(voice.text("real")));
  }

  private String read(ObjectNode event) {
    try {
      return bob.reads(event).content().path("body").stringValue();
    } catch (DecryptionException e) {
      return e.cause().toString();
    }
  }

  /// A key under the session's id that is not the session's.
  private ExportedKey forged() throws EngineException {
    byte[] bytes = voice.exported().key().bytes();
    bytes[10] ^= 1;
    return new ExportedKey(
        Party.ROOM,
        voice.session.id(),
        MegolmKey.of(MegolmKey.Format.EXPORTED, bytes),
        alice.account.keys().curve25519Key(),
        Optional.empty(),
        true);
  }

  @Test
  void whoWasGivenAKeyCannotPassForItsMaker() throws EngineException {
    imports(voice.exported());
    try (Party mallory = new Party("@mallory:m.org", "LAIR", new MemoryStore())) {
      bob.keys.heard(mallory.says("m.room_key", voice.roomKey(Party.ROOM)));
    }
    assertEquals(KeyOrigin.EXPORT, facts().origin());
    assertEquals(alice.account.keys().curve25519Key(), facts().senderKey());
    voice.sharesWith(bob);
    assertEquals(Optional.of(alice.user), facts().owner());
    assertEquals("real", read(voice.text("real")));
  }

  @Test
  void aHistoryIsNotForAllBecauseSomebodyElseSaysSo() throws EngineException {
    ExportedKey early = voice.exported();
    voice.text("one");
    voice.sharesWith(bob);
    imports(early);
    assertEquals(false, facts().sharedHistory());
  }

  @Test
  void aKeyUnderAnotherSessionsNameIsNotTakenUp() throws EngineException {
    try (Voice other = new Voice(alice)) {
      ExportedKey key = voice.exported();
      imports(
          new ExportedKey(
              Party.ROOM,
              other.session.id(),
              key.key(),
              key.senderKey(),
              key.fingerprint(),
              false));
      assertTrue(bob.keys.inbound().exportKeys().isEmpty());
      bob.keys.heard(
          alice.says(
              "m.room_key", voice.roomKey(Party.ROOM).put("session_id", other.session.id())));
      bob.keys.heard(alice.says("m.room_key", voice.roomKey(Party.ROOM).put("session_key", "?")));
      assertTrue(bob.keys.inbound().exportKeys().isEmpty());
    }
  }

  @Test
  void exportedKeysAreReadAsTheyWereWritten() throws EngineException {
    voice.sharesWith(bob);
    ExportedKey key = bob.keys.inbound().exportKeys().getFirst();
    assertEquals(Optional.of(key), ExportedKey.of(key.exported()));
    assertEquals(Optional.of(key), ExportedKey.of(key.room(), key.sessionId(), key.backedUp()));
    assertEquals(Optional.of(key), ExportedKey.ofForwarded(key.forwarded()));
    assertEquals(Optional.of(key), ExportedKey.of(key.historic()));
    assertEquals(Optional.empty(), ExportedKey.of(key.backedUp()));
    assertEquals(Optional.empty(), ExportedKey.of(key.exported().put("algorithm", "none")));
    assertEquals(Optional.empty(), ExportedKey.of(key.exported().put("session_key", "none")));
    assertEquals(Optional.empty(), ExportedKey.of(key.exported().put("sender_key", "none")));
  }

  private Set<SessionName> unsaved() {
    return bob.keys.inbound().unsaved(100).stream().map(Unsaved::name).collect(Collectors.toSet());
  }

  @Test
  void eachSessionGoesToTheBackupOnceAndAgainWhenItIsBetter() throws EngineException {
    ExportedKey early = voice.exported();
    voice.text("one");
    voice.sharesWith(bob);
    bob.keys.inbound().useBackup("1");
    List<Unsaved> unsaved = bob.keys.inbound().unsaved(100);
    assertEquals(Set.of(voice.name()), unsaved());

    imports(early);
    bob.keys.inbound().saved(unsaved);
    assertEquals(Set.of(voice.name()), unsaved(), "it begins earlier than what was saved");
    bob.keys.inbound().saved(bob.keys.inbound().unsaved(100));
    assertEquals(Set.of(), unsaved());

    bob = bob.restarted();
    bob.keys.inbound().useBackup("1");
    assertEquals(Set.of(), unsaved());
    try (Voice other = new Voice(alice)) {
      other.sharesWith(bob);
      assertEquals(Set.of(other.name()), unsaved());
    }
  }

  @Test
  void aNewBackupGetsAllSessionsOfAllRooms() {
    List<Voice> voices = new ArrayList<>();
    Set<SessionName> names = new HashSet<>();
    for (int i = 0; i < 6; i++) {
      Voice one = new Voice(alice);
      RoomId room = new RoomId("!room " + i / 2 + ":a.org");
      bob.keys.heard(alice.says("m.room_key", one.roomKey(room)));
      names.add(new SessionName(room, one.session.id()));
      voices.add(one);
    }
    for (String version : List.of("1", "2")) {
      bob.keys.inbound().useBackup(version);
      Set<SessionName> saved = new HashSet<>();
      List<Unsaved> batch = bob.keys.inbound().unsaved(4);
      while (!batch.isEmpty()) {
        batch.forEach(session -> assertTrue(saved.add(session.name())));
        bob.keys.inbound().saved(batch);
        batch = bob.keys.inbound().unsaved(4);
      }
      assertEquals(names, saved);
    }
    voices.forEach(Voice::close);
  }

  @Test
  void whatCameFromTheBackupDoesNotGoBackThere() throws EngineException {
    bob.keys.inbound().useBackup("1");
    bob.keys.inbound().importKeys(List.of(voice.exported()), KeyOrigin.BACKUP);
    assertEquals(Set.of(), unsaved());
    bob.keys.inbound().useBackup("2");
    assertEquals(Set.of(voice.name()), unsaved());
  }

  @Test
  void whatReachesFurtherBackThanTheBackupGoesThere() throws EngineException {
    ExportedKey early = voice.exported();
    voice.text("one");
    bob.keys.inbound().useBackup("1");
    bob.keys.inbound().importKeys(List.of(voice.exported()), KeyOrigin.BACKUP);
    imports(early);
    assertEquals(Set.of(voice.name()), unsaved());
  }
}
