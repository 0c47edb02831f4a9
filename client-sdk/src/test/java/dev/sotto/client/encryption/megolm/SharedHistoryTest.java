package dev.sotto.client.encryption.megolm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.encryption.attachment.AttachmentException;
import dev.sotto.client.encryption.attachment.EncryptedFile;
import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.encryption.identity.DeviceTrust;
import dev.sotto.client.encryption.olm.OlmEvent;
import dev.sotto.client.engine.EngineException;
import dev.sotto.client.store.MemoryStore;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class SharedHistoryTest {
  private static final String TYPE = "m.room_key_bundle";

  private final Party alice = new Party("@alice:a.org", "PHONE", new MemoryStore());
  private Party bob = new Party("@bob:b.org", "LAPTOP", new MemoryStore());
  private final Party carol = new Party("@carol:c.org", "DESK", new MemoryStore());

  @BeforeEach
  void begin() {
    alice.encryptsRoom();
    alice.keys.rooms().heardVisibility(Party.ROOM, "shared");
    bob.knows(alice, carol);
  }

  @AfterEach
  void close() {
    alice.close();
    bob.close();
    carol.close();
  }

  private static EncryptedFile file() {
    return file("mxc://a.org/bundle");
  }

  private static EncryptedFile file(String url) {
    ObjectNode json = Json.object().put("url", url).put("v", "v2");
    json.putObject("key").put("kty", "oct").put("alg", "A256CTR").put("k", "A".repeat(43));
    json.put("iv", "A".repeat(22));
    json.putObject("hashes").put("sha256", "A".repeat(43));
    try {
      return EncryptedFile.of(json);
    } catch (AttachmentException e) {
      throw new AssertionError(e);
    }
  }

  /// Has Alice tell Bob where the bundle is.
  private void tellsBob() {
    alice.keys.history().share(Party.ROOM, file(), List.of(bob.device()));
    alice.claims(bob);
    assertInstanceOf(
        Sharing.Ready.class, alice.keys.history().share(Party.ROOM, file(), List.of(bob.device())));
    alice.delivers(bob);
  }

  @Test
  void whoIsInvitedReadsWhatWasSentForThemToo() throws DecryptionException {
    ObjectNode event = alice.writes("for all", carol);
    ObjectNode bundle = alice.keys.history().bundle(Party.ROOM).orElseThrow();
    tellsBob();
    assertTrue(bob.keys.history().toFetch().isEmpty(), "not before he accepted");

    bob.keys.history().joined(Party.ROOM, alice.user);
    HistoryBundle offered = bob.keys.history().toFetch().getFirst();
    assertEquals(alice.user, offered.from());
    assertEquals(file().json(), offered.file().json());
    assertEquals(1, bob.keys.history().fetched(offered, bundle));
    assertTrue(bob.keys.history().toFetch().isEmpty());

    DecryptedEvent read = bob.reads(event);
    assertEquals("for all", read.content().path("body").stringValue());
    assertEquals(MessageTrust.UNPROVEN, read.trust());
    assertTrue(read.session().sharedHistory());
  }

  /// Has Bob take up what Alice gives him.
  private void takesUp(ObjectNode bundle) {
    bob.keys.history().joined(Party.ROOM, alice.user);
    offers(alice, Party.ROOM, file());
    bob.keys.history().fetched(bob.keys.history().toFetch().getFirst(), bundle);
  }

  private Optional<UserId> giver(ObjectNode event) throws DecryptionException {
    return bob.reads(event).session().giver();
  }

  @Test
  void whoGaveTheKeysIsRememberedUntilTheirMakerSendsThem() throws DecryptionException {
    try (Voice voice = new Voice(carol)) {
      alice.keys.heard(
          carol.says("m.room_key", voice.roomKey(Party.ROOM).put("shared_history", true)));
      ObjectNode event = voice.text("by Carol");
      takesUp(alice.keys.history().bundle(Party.ROOM).orElseThrow());
      assertEquals(Optional.of(alice.user), giver(event));
      bob = bob.restarted();
      bob.knows(alice, carol);
      assertEquals(Optional.of(alice.user), giver(event));
      voice.sharesWith(bob);
      ObjectNode later = voice.text("by Carol again");
      assertEquals(Optional.empty(), giver(later));
      assertEquals(MessageTrust.SIGNED, bob.reads(later).trust());
    }
  }

  @Test
  void whoGaveTheKeysIsToldOfWhatABackupHasToo() throws DecryptionException {
    ObjectNode event = alice.writes("for all", carol);
    bob.keys.inbound().useBackup("1");
    bob.keys.inbound().importKeys(alice.keys.inbound().exportKeys(), KeyOrigin.BACKUP);
    assertEquals(Optional.empty(), giver(event));
    takesUp(alice.keys.history().bundle(Party.ROOM).orElseThrow());
    assertEquals(Optional.of(alice.user), giver(event));
    assertTrue(bob.keys.inbound().unsaved(9).isEmpty(), "nothing of that is for the backup");
    bob.keys.inbound().importKeys(alice.keys.inbound().exportKeys(), KeyOrigin.BACKUP);
    assertEquals(Optional.of(alice.user), giver(event));
  }

  /// Carol's session, of which Alice gives the end and the backup has all, and says that it is not
  /// for those who come later; and one that is, without which there is nothing to share.
  private void endIsGiven(boolean backupFirst) throws EngineException {
    bob.encryptsRoom();
    bob.keys.rooms().heardVisibility(Party.ROOM, "shared");
    try (Voice open = new Voice(carol);
        Voice secret = new Voice(carol)) {
      ExportedKey whole = secret.exported().withSharedHistory(false);
      for (int i = 0; i < 80; i++) {
        secret.text("among us");
      }
      ObjectNode bundle = Json.object();
      bundle
          .putArray("room_keys")
          .add(secret.exported().historic())
          .add(open.exported().historic());
      if (backupFirst) {
        bob.keys.inbound().importKeys(List.of(whole), KeyOrigin.BACKUP);
      }
      takesUp(bundle);
      bob.keys.inbound().importKeys(List.of(whole), KeyOrigin.BACKUP);
      InboundSession known = bob.keys.inbound().find(secret.name()).orElseThrow();
      assertEquals(0, known.megolm().firstKnownIndex());
      ObjectNode passedOn = bob.keys.history().bundle(Party.ROOM).orElseThrow();
      assertEquals(List.of(open.session.id()), ids(passedOn.path("room_keys")));
      assertEquals(List.of(secret.session.id()), ids(passedOn.path("withheld")));
    }
  }

  private static List<String> ids(JsonNode keys) {
    List<String> ids = new ArrayList<>();
    keys.forEach(key -> ids.add(key.path("session_id").stringValue()));
    return ids;
  }

  @Test
  void whoInvitesDoesNotMakeWhatTheBackupHasAHistoryForAll() throws EngineException {
    endIsGiven(true);
  }

  @Test
  void whatTheBackupAddsToWhatAnInviterGaveIsNotForAllUnlessItSaysSo() throws EngineException {
    endIsGiven(false);
  }

  @Test
  void whoNamesAnotherMakerDoesNotMakeWhatThatOneSendsAHistoryForAll() throws EngineException {
    bob.encryptsRoom();
    bob.keys.rooms().heardVisibility(Party.ROOM, "shared");
    try (Voice secret = new Voice(carol)) {
      ObjectNode roomKey = secret.roomKey(Party.ROOM);
      secret.text("among us");
      ExportedKey end = secret.exported();
      ObjectNode bundle = Json.object();
      bundle
          .putArray("room_keys")
          .add(end.historic().put("sender_key", alice.device().curve25519().base64()));
      takesUp(bundle);
      bob.keys.heard(carol.says("m.room_key", roomKey));
      InboundSession known = bob.keys.inbound().find(secret.name()).orElseThrow();
      assertEquals(0, known.megolm().firstKnownIndex());
      assertEquals(Optional.empty(), bob.keys.history().bundle(Party.ROOM));
    }
  }

  @Test
  void whoInvitesCannotReplaceWhatIsInTheBackup() {
    ObjectNode event = alice.writes("for all", carol);
    ObjectNode bundle = alice.keys.history().bundle(Party.ROOM).orElseThrow();
    bob.keys.inbound().importKeys(alice.keys.inbound().exportKeys(), KeyOrigin.BACKUP);
    ObjectNode key = (ObjectNode) bundle.path("room_keys").path(0);
    StringBuilder forged = new StringBuilder(key.path("session_key").stringValue());
    forged.setCharAt(20, forged.charAt(20) == 'A' ? 'B' : 'A');
    key.put("session_key", forged.toString());
    takesUp(bundle);
    assertEquals("for all", bob.text(event));
  }

  @Test
  void whatWasKeptBeforeGiversWereRememberedIsRead() {
    ObjectNode kept =
        Json.object()
            .put("origin", "BUNDLE")
            .put("sender_key", alice.device().curve25519().base64())
            .put("shared_history", true);
    SessionFacts facts = SessionFacts.of(Json.bind(kept, SessionFacts.Kept.class));
    assertEquals(KeyOrigin.BUNDLE, facts.origin());
    assertEquals(Optional.empty(), facts.giver());
  }

  @Test
  void whatWasNotSentForThemIsNotShared() {
    alice.keys.rooms().heardVisibility(Party.ROOM, "joined");
    ObjectNode secret = alice.writes("among us", carol);
    assertEquals(Optional.empty(), alice.keys.history().bundle(Party.ROOM));

    alice.keys.rooms().heardVisibility(Party.ROOM, "shared");
    assertEquals(Optional.empty(), alice.keys.history().bundle(Party.ROOM), "nothing to share");
    ObjectNode open = alice.writes("for all", carol);
    ObjectNode bundle = alice.keys.history().bundle(Party.ROOM).orElseThrow();
    assertEquals(1, bundle.path("room_keys").size());
    assertEquals(1, bundle.path("withheld").size());

    tellsBob();
    bob.keys.history().joined(Party.ROOM, alice.user);
    bob.keys.history().fetched(bob.keys.history().toFetch().getFirst(), bundle);
    assertEquals("for all", bob.text(open));
    assertEquals("WITHHELD m.history_not_shared", bob.text(secret));
  }

  @Test
  void whatOthersSharedForAllIsPassedOnAndWhatTheyDidNotIsNot() {
    Voice open = new Voice(carol);
    Voice secret = new Voice(carol);
    alice.keys.heard(
        carol.says("m.room_key", open.roomKey(Party.ROOM).put("shared_history", true)));
    alice.keys.heard(
        carol.says("m.room_key", secret.roomKey(Party.ROOM).put("shared_history", "true")));
    ObjectNode bundle = alice.keys.history().bundle(Party.ROOM).orElseThrow();
    assertEquals(
        open.session.id(), bundle.path("room_keys").path(0).path("session_id").stringValue());
    assertEquals(
        secret.session.id(), bundle.path("withheld").path(0).path("session_id").stringValue());
    open.close();
    secret.close();
  }

  @Test
  void eachDeviceIsToldOnceThoughOthersAreWaitedFor() {
    Party tablet = new Party("@bob:b.org", "TABLET", new MemoryStore());
    List<Device> devices = List.of(bob.device(), tablet.device());
    alice.reaches(bob);
    assertEquals(
        new Sharing.Waiting(List.of(tablet.device())),
        alice.keys.history().share(Party.ROOM, file(), devices));
    assertTrue(alice.queue.pending().isEmpty());
    alice.withoutKeys.add(tablet.id);
    alice.claims(tablet);
    assertInstanceOf(Sharing.Ready.class, alice.keys.history().share(Party.ROOM, file(), devices));
    assertEquals(List.of(TYPE), alice.delivers(bob, tablet));
    tablet.close();
  }

  @Test
  void aDeviceThatItsUserHasNotSignedIsNotTold() {
    alice.keys.outbound().policy(SharingPolicy.ALL_DEVICES);
    alice.trust.put(bob.id, DeviceTrust.UNSIGNED);
    alice.reaches(bob);
    Sharing sharing = alice.keys.history().share(Party.ROOM, file(), List.of(bob.device()));
    assertEquals(1, assertInstanceOf(Sharing.Ready.class, sharing).leftOut().size());
    assertTrue(alice.queue.pending().isEmpty());
    alice.trust.put(bob.id, DeviceTrust.OWNER_CHANGED);
    assertInstanceOf(
        Sharing.OwnersChanged.class,
        alice.keys.history().share(Party.ROOM, file(), List.of(bob.device())));
  }

  private void offers(Party from, RoomId room, EncryptedFile file) {
    ObjectNode content = Json.object().put("room_id", room.value());
    content.set("file", file.json());
    bob.keys.heard(from.says(TYPE, content));
  }

  @Test
  void onlyWhoseInviteWasAcceptedIsHeard() {
    offers(carol, Party.ROOM, file());
    bob.keys.history().joined(Party.ROOM, alice.user);
    assertTrue(bob.keys.history().toFetch().isEmpty());
    offers(alice, new RoomId("!other:a.org"), file());
    assertTrue(bob.keys.history().toFetch().isEmpty());
    offers(alice, Party.ROOM, file());
    assertEquals(1, bob.keys.history().toFetch().size());
  }

  @Test
  void onlyWhatDevicesOfTheirUsersOfferIsFetched() {
    bob.keys.history().joined(Party.ROOM, alice.user);
    offers(alice, Party.ROOM, file());
    for (DeviceTrust trust : List.of(DeviceTrust.UNSIGNED, DeviceTrust.OWNER_CHANGED)) {
      bob.trust.put(alice.id, trust);
      assertTrue(bob.keys.history().toFetch().isEmpty());
    }
    bob.trust.clear();
    assertEquals(1, bob.keys.history().toFetch().size());
  }

  @Test
  void whatWasOfferedByADeviceThatWasNotKnownIsFetchedWhenItIs() {
    Party dave = new Party("@dave:d.org", "PHONE", new MemoryStore());
    offers(dave, Party.ROOM, file());
    bob.keys.history().joined(Party.ROOM, dave.user);
    assertTrue(bob.keys.history().toFetch().isEmpty());
    bob.knows(dave);
    assertEquals(1, bob.keys.history().toFetch().size());
    dave.close();
  }

  @Test
  void whatComesWithoutTheKeysOfItsDeviceIsPassedOver() {
    bob.keys.history().joined(Party.ROOM, alice.user);
    ObjectNode content = Json.object().put("room_id", Party.ROOM.value());
    content.set("file", file().json());
    OlmEvent said = alice.says(TYPE, content);
    bob.keys.heard(
        new OlmEvent(
            said.sender(),
            said.senderKey(),
            said.fingerprint(),
            said.device(),
            false,
            TYPE,
            content));
    assertTrue(bob.keys.history().toFetch().isEmpty());
  }

  @Test
  void malformedOffersArePassedOver() {
    bob.keys.history().joined(Party.ROOM, alice.user);
    ObjectNode content = Json.object().put("room_id", Party.ROOM.value());
    content.set("file", file().json());
    bob.keys.heard(alice.says(TYPE, content.deepCopy().put("file", "mxc://a.org/x")));
    bob.keys.heard(alice.says(TYPE, content.deepCopy().put("room_id", "room")));
    assertTrue(bob.keys.history().toFetch().isEmpty());
  }

  @Test
  void aBundleIsFetchedByALaterProcessTooButNotForLong() {
    bob.keys.history().joined(Party.ROOM, alice.user);
    offers(alice, Party.ROOM, file());
    bob = bob.restarted();
    assertEquals(1, bob.keys.history().toFetch().size());
    bob.passes(Duration.ofHours(24));
    assertTrue(bob.keys.history().toFetch().isEmpty());
  }

  @Test
  void aBundleThatIsGoneIsNotAskedForAgain() {
    bob.keys.history().joined(Party.ROOM, alice.user);
    offers(alice, Party.ROOM, file());
    bob.keys.history().unavailable(bob.keys.history().toFetch().getFirst());
    assertTrue(bob.keys.history().toFetch().isEmpty());
  }

  @Test
  void whoOffersManyBundlesDrivesOutTheirOwn() {
    offers(alice, Party.ROOM, file());
    for (int i = 0; i < 60; i++) {
      bob.passes(Duration.ofSeconds(1));
      offers(carol, new RoomId("!room" + i + ":c.org"), file());
    }
    bob.keys.history().joined(Party.ROOM, alice.user);
    bob.keys.history().joined(new RoomId("!room59:c.org"), carol.user);
    bob.keys.history().joined(new RoomId("!room0:c.org"), carol.user);
    assertEquals(2, bob.keys.history().toFetch().size());
  }

  @Test
  void keysOfOtherRoomsAndMalformedOnesArePassedOver() {
    ObjectNode event = alice.writes("for all", carol);
    ObjectNode bundle = alice.keys.history().bundle(Party.ROOM).orElseThrow();
    ObjectNode other = ((ObjectNode) bundle.path("room_keys").path(0)).deepCopy();
    other.put("room_id", "!other:a.org");
    bundle.withArrayProperty("room_keys").insert(0, other).insert(0, 7).insert(0, Json.object());
    bundle.withArrayProperty("withheld").add("?").add(Json.object());
    bob.keys.history().joined(Party.ROOM, alice.user);
    offers(alice, Party.ROOM, file());
    assertEquals(1, bob.keys.history().fetched(bob.keys.history().toFetch().getFirst(), bundle));
    assertEquals("for all", bob.text(event));
    assertEquals(1, bob.keys.inbound().exportKeys().size());

    offers(alice, Party.ROOM, file("mxc://a.org/other"));
    assertEquals(
        0,
        bob.keys
            .history()
            .fetched(
                bob.keys.history().toFetch().getFirst(), Json.object().put("room_keys", "none")));
  }
}
