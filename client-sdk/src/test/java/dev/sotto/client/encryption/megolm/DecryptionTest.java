package dev.sotto.client.encryption.megolm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.encryption.identity.DeviceTrust;
import dev.sotto.client.encryption.megolm.DecryptionException.Cause;
import dev.sotto.client.encryption.olm.OlmEvent;
import dev.sotto.client.engine.EngineException;
import dev.sotto.client.store.MemoryStore;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class DecryptionTest {
  private final Party alice = new Party("@alice:a.org", "PHONE", new MemoryStore());
  private final Voice voice = new Voice(alice);
  private Party bob = new Party("@bob:b.org", "LAPTOP", new MemoryStore());

  @AfterEach
  void close() {
    voice.close();
    alice.close();
    bob.close();
  }

  private Cause refused(ObjectNode event) {
    return refusal(event).cause();
  }

  private DecryptionException refusal(ObjectNode event) {
    return assertThrows(DecryptionException.class, () -> bob.reads(event));
  }

  private String body(ObjectNode event) throws DecryptionException {
    return bob.reads(event).content().path("body").stringValue();
  }

  private static ObjectNode content(ObjectNode event) {
    return (ObjectNode) event.path("content");
  }

  @Test
  void whoHasTheKeyReadsTheMessage() throws DecryptionException {
    voice.sharesWith(bob);
    voice.text("first");
    DecryptedEvent read = bob.reads(voice.text("second"));

    assertEquals("m.room.message", read.type());
    assertEquals("second", read.content().path("body").stringValue());
    assertEquals(alice.user, read.sender());
    assertEquals(alice.device(), read.device().orElseThrow());
    assertEquals(MessageTrust.SIGNED, read.trust());
    assertEquals(KeyOrigin.ROOM_KEY, read.session().origin());
    assertEquals(1, read.index());
    assertFalse(read.toString().contains("second"));
  }

  @Test
  void theSameEventMayBeReadAgainButNoCopyOfIt() throws DecryptionException {
    voice.sharesWith(bob);
    ObjectNode event = voice.text("once");
    assertEquals("once", body(event));
    assertEquals("once", body(event));

    assertEquals(Cause.REPLAY, refused(event.deepCopy().put("event_id", "$copy")));
    assertEquals(Cause.REPLAY, refused(event.deepCopy().put("origin_server_ts", 1)));
  }

  @Test
  void aCopyIsNoticedByALaterProcessToo() throws DecryptionException {
    voice.sharesWith(bob);
    ObjectNode event = voice.text("once");
    body(event);
    bob = bob.restarted();

    assertEquals(Cause.REPLAY, refused(event.deepCopy().put("event_id", "$copy")));
    assertEquals("once", body(event));
  }

  @Test
  void copiesAreNoticedWhereverInTheSessionTheyStand() throws DecryptionException {
    voice.sharesWith(bob);
    List<ObjectNode> events = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      events.add(voice.text("message " + i));
    }
    for (int i : new int[] {199, 0, 63, 64, 65, 127, 128}) {
      assertEquals("message " + i, body(events.get(i)));
    }
    for (int i : new int[] {199, 0, 63, 64, 65, 127, 128}) {
      assertEquals(Cause.REPLAY, refused(events.get(i).deepCopy().put("event_id", "$copy")));
    }
  }

  @Test
  void nobodyElseCanBeNamedAsSender() throws DecryptionException {
    voice.sharesWith(bob);
    ObjectNode event = voice.text("mine");
    assertEquals(Cause.WRONG_SENDER, refused(event.deepCopy().put("sender", "@carol:c.org")));
    assertEquals("mine", body(event), "what was refused took nothing from it");
  }

  @Test
  void aMessageOfAnotherRoomIsRefused() {
    RoomId elsewhere = new RoomId("!other:a.org");
    voice.sharesWith(bob);
    ObjectNode other = voice.message("m.room.message", Json.object(), elsewhere.value());
    assertEquals(Cause.WRONG_ROOM, refused(other));

    // Not even if the sender gave the same session to both rooms.
    bob.keys.heard(alice.says("m.room_key", voice.roomKey(elsewhere)));
    ObjectNode event = voice.text("here");
    DecryptionException refused =
        assertThrows(
            DecryptionException.class, () -> bob.keys.decryption().decrypt(elsewhere, event));
    assertEquals(Cause.WRONG_ROOM, refused.cause());
  }

  @Test
  void anAlteredMessageIsRefused() throws EngineException {
    voice.sharesWith(bob);
    ObjectNode event = voice.text("as it was");
    String ciphertext = content(event).path("ciphertext").stringValue();
    char middle = ciphertext.charAt(40);
    content(event)
        .put(
            "ciphertext",
            ciphertext.substring(0, 40) + (middle == 'A' ? 'B' : 'A') + ciphertext.substring(41));
    assertEquals(Cause.TAMPERED, refused(event));
  }

  @Test
  void aMessageOfAnotherSessionUnderThisOnesNameIsRefused() {
    voice.sharesWith(bob);
    try (Voice other = new Voice(alice)) {
      ObjectNode event = other.text("made up");
      content(event).put("session_id", voice.session.id());
      assertEquals(Cause.TAMPERED, refused(event));
    }
  }

  @Test
  void withoutTheKeyItSaysSoUntilItArrives() throws DecryptionException {
    ObjectNode event = voice.text("early");
    assertEquals(Cause.UNKNOWN_SESSION, refused(event));
    voice.sharesWith(bob);
    assertEquals(Set.of(voice.name()), bob.keys.takeArrived());
    assertEquals(Set.of(), bob.keys.takeArrived());
    assertEquals(Cause.UNKNOWN_INDEX, refused(event));
    assertEquals("late", body(voice.text("late")));
  }

  private static ObjectNode withheld(String code, Voice voice) {
    return Json.object()
        .put("algorithm", "m.megolm.v1.aes-sha2")
        .put("code", code)
        .put("room_id", Party.ROOM.value())
        .put("session_id", voice.session.id())
        .put("sender_key", voice.party.account.keys().curve25519Key().base64());
  }

  @Test
  void aKeyThatIsWithheldIsSaidToBe() throws DecryptionException {
    bob.receives(alice.event("m.room_key.withheld", withheld("m.unverified", voice)));
    DecryptionException refused = refusal(voice.text("secret"));
    assertEquals(Cause.WITHHELD, refused.cause());
    assertTrue(refused.toString().contains("m.unverified"));

    voice.sharesWith(bob);
    assertEquals("public", body(voice.text("public")));
  }

  @Test
  void whatOthersSayOfASessionIsNotBelieved() {
    Party carol = new Party("@carol:c.org", "TABLET", new MemoryStore());
    bob.receives(carol.event("m.room_key.withheld", withheld("m.blacklisted", voice)));
    bob.receives(alice.event("m.room_key.withheld", withheld("m.unavailable", voice)));
    bob.receives(alice.event("m.room_key.withheld", withheld("org.example.rude", voice)));
    assertEquals(Cause.UNKNOWN_SESSION, refused(voice.text("secret")));
    carol.close();
  }

  @Test
  void withoutAChannelNoSessionOfTheDeviceArrives() {
    ObjectNode content = withheld("m.no_olm", voice);
    content.remove("room_id");
    content.remove("session_id");
    bob.receives(alice.event("m.room_key.withheld", content));
    assertTrue(refusal(voice.text("secret")).toString().contains("m.no_olm"));
  }

  @Test
  void theRelationOutsideIsTheOneThatHolds() throws DecryptionException {
    voice.sharesWith(bob);
    ObjectNode inside = Json.object().put("body", "x");
    inside.putObject("m.relates_to").put("rel_type", "inside");
    ObjectNode event = voice.message("m.room.message", inside, Party.ROOM.value());
    assertFalse(bob.reads(event).content().has("m.relates_to"));

    content(event).putObject("m.relates_to").put("rel_type", "outside");
    assertEquals(
        "outside", bob.reads(event).content().path("m.relates_to").path("rel_type").stringValue());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "nothing",
        "{}",
        "{\"type\": \"m.x\", \"content\": [], \"room_id\": \"!room:a.org\"}",
        "{\"type\": 7, \"content\": {}, \"room_id\": \"!room:a.org\"}",
        "{\"type\": \"m.x\", \"content\": {}}",
        "{\"type\": \"m.x\", \"content\": {}, \"content\": {}, \"room_id\": \"!room:a.org\"}"
      })
  void whatIsNoEventInsideIsRefused(String plain) {
    voice.sharesWith(bob);
    assertEquals(Cause.MALFORMED, refused(voice.encrypts(plain)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"event_id", "sender", "origin_server_ts", "content"})
  void whatIsNoEventOutsideIsRefused(String member) {
    voice.sharesWith(bob);
    ObjectNode event = voice.text("whole");
    assertEquals(Cause.MALFORMED, refused(event.deepCopy().put(member, "?")));
    event.remove(member);
    assertEquals(Cause.MALFORMED, refused(event));
  }

  @ParameterizedTest
  @ValueSource(strings = {"algorithm", "session_id", "ciphertext"})
  void whatLacksAnythingOfMegolmIsRefused(String member) {
    voice.sharesWith(bob);
    ObjectNode event = voice.text("whole");
    content(event).put(member, true);
    assertEquals(Cause.MALFORMED, refused(event));
    content(event).remove(member);
    assertEquals(Cause.MALFORMED, refused(event));
  }

  @Test
  void anotherAlgorithmIsNamed() {
    ObjectNode event = voice.text("whole");
    content(event).put("algorithm", "m.megolm.v9");
    assertEquals(Cause.UNSUPPORTED_ALGORITHM, refused(event));
  }

  @Test
  void whoWroteWhatIsReadFromABackupIsNotProven() throws DecryptionException, EngineException {
    bob.keys.inbound().importKeys(List.of(voice.exported()), KeyOrigin.BACKUP);
    ObjectNode event = voice.text("kept");
    DecryptedEvent read = bob.reads(event);
    assertEquals(MessageTrust.UNPROVEN, read.trust());
    assertEquals(Optional.empty(), read.device());

    voice.sharesWith(bob);
    DecryptedEvent again = bob.reads(event);
    assertEquals(MessageTrust.SIGNED, again.trust(), "its owner has said that it is its own");
    assertEquals(Cause.WRONG_SENDER, refused(event.put("sender", "@carol:c.org")));
  }

  @Test
  void trustFollowsTheDevice() throws DecryptionException {
    voice.sharesWith(bob);
    ObjectNode event = voice.text("hello");
    for (DeviceTrust trust : DeviceTrust.values()) {
      bob.trust.put(alice.id, trust);
      assertEquals(trust.name(), bob.reads(event).trust().name());
    }
  }

  @Test
  void aDeviceThatIsHeardOfLaterIsKnownThen() throws DecryptionException {
    OlmEvent key = alice.says("m.room_key", voice.roomKey(Party.ROOM));
    bob.keys.heard(
        new OlmEvent(
            key.sender(),
            key.senderKey(),
            key.fingerprint(),
            Optional.empty(),
            false,
            key.type(),
            key.content()));
    ObjectNode event = voice.text("hello");
    assertEquals(MessageTrust.UNKNOWN_DEVICE, bob.reads(event).trust());

    bob.knows(alice);
    assertEquals(MessageTrust.SIGNED, bob.reads(event).trust());
    bob = bob.restarted();
    assertEquals(alice.device(), bob.reads(event).device().orElseThrow());
  }
}
