package dev.sotto.client.encryption.megolm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.encryption.identity.DeviceTrust;
import dev.sotto.client.store.MemoryStore;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class OutboundSessionsTest {
  private Party alice = new Party("@alice:a.org", "PHONE", new MemoryStore());
  private final Party tablet = new Party("@alice:a.org", "TABLET", new MemoryStore());
  private final Party bob = new Party("@bob:b.org", "LAPTOP", new MemoryStore());
  private final Party carol = new Party("@carol:c.org", "DESK", new MemoryStore());

  @BeforeEach
  void begin() {
    alice.encryptsRoom();
  }

  @AfterEach
  void close() {
    alice.close();
    tablet.close();
    bob.close();
    carol.close();
  }

  private static String session(ObjectNode event) {
    return event.path("content").path("session_id").stringValue();
  }

  @Test
  void allDevicesOfTheRoomReadTheMessage() throws DecryptionException {
    ObjectNode event = alice.writes("hello", alice, tablet, bob, carol);
    for (Party reader : List.of(tablet, bob, carol)) {
      DecryptedEvent read = reader.reads(event);
      assertEquals("hello", read.content().path("body").stringValue());
      assertEquals(MessageTrust.SIGNED, read.trust());
      assertEquals(KeyOrigin.ROOM_KEY, read.session().origin());
    }
    DecryptedEvent own = alice.reads(event);
    assertEquals(MessageTrust.VERIFIED, own.trust());
    assertEquals(KeyOrigin.OWN, own.session().origin());
  }

  @Test
  void nothingOfTheMessageStandsOutsideButItsRelation() {
    alice.shares(bob);
    ObjectNode content = Json.object().put("body", "secret");
    content.putObject("m.relates_to").put("event_id", "$other");
    ObjectNode encrypted = alice.keys.outbound().encrypt(Party.ROOM, "m.secret", content);
    assertEquals(
        Set.of("algorithm", "sender_key", "device_id", "session_id", "ciphertext", "m.relates_to"),
        Set.copyOf(encrypted.propertyNames()));
    assertEquals("$other", encrypted.path("m.relates_to").path("event_id").stringValue());
    assertEquals("PHONE", encrypted.path("device_id").stringValue());
    assertFalse(encrypted.toString().contains("secret"));
  }

  @Test
  void aDeviceIsGivenTheKeyOnce() {
    alice.writes("one", bob);
    assertInstanceOf(Sharing.Ready.class, alice.shares(bob));
    assertTrue(alice.queue.pending().isEmpty());

    alice = alice.restarted();
    assertEquals("two", bob.text(alice.writes("two", bob)));
    assertTrue(alice.queue.pending().isEmpty());
  }

  @Test
  void whoComesLaterReadsFromThereOn() {
    ObjectNode first = alice.writes("first", bob);
    ObjectNode second = alice.writes("second", bob, carol);
    assertEquals(session(first), session(second));
    assertEquals("UNKNOWN_INDEX", carol.text(first));
    assertEquals("second", carol.text(second));
    assertEquals("first", bob.text(first));
  }

  @Test
  void whoLeftCannotReadOn() {
    ObjectNode first = alice.writes("first", bob, carol);
    ObjectNode second = alice.writes("second", bob);
    assertNotEquals(session(first), session(second));
    assertEquals("UNKNOWN_SESSION", carol.text(second));
    assertEquals("second", bob.text(second));
    assertEquals("second", alice.text(second));
  }

  @Test
  void aDeviceUnderTheSameNameIsNotTheSame() {
    ObjectNode first = alice.writes("first", bob);
    Party other = new Party("@bob:b.org", "LAPTOP", new MemoryStore());
    ObjectNode second = alice.writes("second", other);
    assertNotEquals(session(first), session(second));
    assertEquals("second", other.text(second));
    assertEquals("UNKNOWN_SESSION", bob.text(second));
    other.close();
  }

  @Test
  void aSessionIsReplacedAfterAsManyMessagesAsTheRoomSays() {
    alice
        .keys
        .rooms()
        .heard(
            Party.ROOM,
            Json.object().put("algorithm", "m.megolm.v1.aes-sha2").put("rotation_period_msgs", 3));
    String first = session(alice.writes("0", bob));
    assertEquals(first, session(alice.writes("1", bob)));
    alice = alice.restarted();
    assertEquals(first, session(alice.writes("2", bob)));
    assertThrows(IllegalStateException.class, () -> alice.encrypts("too many"));
    ObjectNode next = alice.writes("3", bob);
    assertNotEquals(first, session(next));
    assertEquals("3", bob.text(next));
  }

  @Test
  void aSessionIsReplacedAfterAWeek() {
    String first = session(alice.writes("0", bob));
    alice.passes(Duration.ofDays(7).minusMillis(1));
    assertEquals(first, session(alice.writes("1", bob)));
    alice.passes(Duration.ofMillis(1));
    assertThrows(IllegalStateException.class, () -> alice.encrypts("too late"));
    assertNotEquals(first, session(alice.writes("2", bob)));
  }

  @Test
  void aSessionOfTheFutureIsReplaced() {
    String first = session(alice.writes("0", bob));
    alice.passes(Duration.ofMinutes(-59));
    assertEquals(first, session(alice.writes("1", bob)));
    alice.passes(Duration.ofMinutes(-2));
    assertNotEquals(first, session(alice.writes("2", bob)));
  }

  @Test
  void aSessionIsReplacedWhenTheHistoryBecomesOneForAll() throws DecryptionException {
    ObjectNode first = alice.writes("0", bob);
    alice.keys.rooms().heardVisibility(Party.ROOM, "shared");
    ObjectNode second = alice.writes("1", bob);
    alice.keys.rooms().heardVisibility(Party.ROOM, "world_readable");
    ObjectNode third = alice.writes("2", bob);
    alice.keys.rooms().heardVisibility(Party.ROOM, "joined");
    ObjectNode fourth = alice.writes("3", bob);

    assertEquals(session(second), session(third));
    assertEquals(3, Set.of(session(first), session(second), session(fourth)).size());
    assertFalse(bob.reads(first).session().sharedHistory());
    assertTrue(bob.reads(second).session().sharedHistory());
    assertFalse(bob.reads(fourth).session().sharedHistory());
    assertTrue(alice.reads(second).session().sharedHistory());
  }

  @Test
  void aSessionThatWasGivenUpIsNotUsedAgain() {
    String first = session(alice.writes("0", bob));
    alice.keys.outbound().discard(Party.ROOM);
    assertThrows(IllegalStateException.class, () -> alice.encrypts("unshared"));
    alice = alice.restarted();
    assertThrows(IllegalStateException.class, () -> alice.encrypts("unshared"));
    ObjectNode next = alice.writes("1", bob);
    assertNotEquals(first, session(next));
    assertEquals("1", bob.text(next));
  }

  private static List<String> leftOut(Sharing sharing) {
    return assertInstanceOf(Sharing.Ready.class, sharing).leftOut().stream()
        .map(out -> out.device().id() + " " + out.code())
        .sorted()
        .toList();
  }

  @Test
  void devicesThatTheirUsersHaveNotSignedAreLeftOutAndToldOnce() {
    alice.trust.put(carol.id, DeviceTrust.UNSIGNED);
    assertEquals(List.of("DESK m.unverified"), leftOut(alice.shares(bob, carol)));
    assertEquals(
        List.of("m.room_key", "m.room_key.withheld"),
        alice.delivers(bob, carol).stream().sorted().toList());
    alice = alice.restarted();
    assertEquals(List.of("DESK m.unverified"), leftOut(alice.shares(bob, carol)));
    assertEquals(List.of(), alice.delivers(bob, carol));

    ObjectNode event = alice.encrypts("hello");
    assertEquals("hello", bob.text(event));
    assertEquals("WITHHELD m.unverified", carol.text(event));

    alice.trust.put(carol.id, DeviceTrust.SIGNED);
    assertEquals("now you too", carol.text(alice.writes("now you too", bob, carol)));
  }

  @Test
  void whoseDeviceIsNotTrustedAnyMoreCannotReadOn() {
    alice.writes("hello", bob, carol);
    alice.trust.put(carol.id, DeviceTrust.UNSIGNED);
    ObjectNode event = alice.writes("without you", bob, carol);
    assertEquals("without you", bob.text(event));
    assertEquals("WITHHELD m.unverified", carol.text(event));
  }

  @Test
  void thePolicySaysWhoReads() {
    alice.trust.put(bob.id, DeviceTrust.VERIFIED);
    alice.trust.put(tablet.id, DeviceTrust.UNSIGNED);
    alice.keys.outbound().policy(SharingPolicy.ALL_DEVICES);
    assertEquals(List.of(), leftOut(alice.shares(bob, carol, tablet)));
    alice.delivers(bob, carol, tablet);
    ObjectNode toAll = alice.encrypts("to all");
    assertEquals("to all", tablet.text(toAll));

    alice.keys.outbound().policy(SharingPolicy.VERIFIED_DEVICES);
    assertEquals(
        List.of("DESK m.unverified", "TABLET m.unverified"),
        leftOut(alice.shares(bob, carol, tablet)));
    alice.delivers(bob, carol, tablet);
    ObjectNode toSome = alice.encrypts("to some");
    assertEquals("to some", bob.text(toSome));
    assertEquals("WITHHELD m.unverified", carol.text(toSome));
    assertEquals("WITHHELD m.unverified", tablet.text(toSome));
  }

  @Test
  void nothingIsSentWhileSomebodyIsNotWhoTheyWere() {
    alice.trust.put(carol.id, DeviceTrust.OWNER_CHANGED);
    for (SharingPolicy policy : SharingPolicy.values()) {
      alice.keys.outbound().policy(policy);
      assertEquals(new Sharing.OwnersChanged(Set.of(carol.user)), alice.shares(bob, carol));
      assertTrue(alice.queue.pending().isEmpty());
      assertThrows(IllegalStateException.class, () -> alice.encrypts("to whom"));
    }
    assertInstanceOf(Sharing.Ready.class, alice.shares(bob), "without them it may go out");
  }

  @Test
  void aBlockedDeviceIsGivenNoKey() {
    alice.writes("before", bob, carol);
    alice.keys.outbound().block(carol.device(), true);
    alice = alice.restarted();
    assertTrue(alice.keys.outbound().isBlocked(carol.device()));
    ObjectNode event = alice.writes("without you", bob, carol);
    assertEquals("WITHHELD m.blacklisted", carol.text(event));

    alice.keys.outbound().block(carol.device(), false);
    assertEquals("with you", carol.text(alice.writes("with you", bob, carol)));
  }

  @Test
  void aBlockedDeviceIsBlockedWhateverKeysItShows() {
    Device first = carol.device();
    alice.keys.outbound().block(first, true);
    Device renewed =
        new Device(
            first.user(),
            first.id(),
            bob.device().curve25519(),
            first.ed25519(),
            null,
            first.json());
    assertTrue(alice.keys.outbound().isBlocked(renewed));
  }

  @Test
  void whoShowsAnothersKeyIsBlockedAlone() {
    Device pretended =
        new Device(
            new UserId("@mallory:a.org"),
            new DeviceId("M"),
            carol.device().curve25519(),
            bob.device().ed25519(),
            null,
            Json.object());
    alice.keys.outbound().block(pretended, true);
    assertFalse(alice.keys.outbound().isBlocked(carol.device()));
    assertEquals("with you", carol.text(alice.writes("with you", bob, carol)));
  }

  @Test
  void aDeviceWithoutKeysIsToldOnceAndReadsWhenItHasSome() {
    alice.withoutKeys.add(carol.id);
    assertEquals(List.of("DESK m.no_olm"), leftOut(alice.shares(bob, carol)));
    alice.delivers(bob, carol);
    assertEquals("WITHHELD m.no_olm", carol.text(alice.encrypts("hello")));

    // Neither for another session, nor after another claim in vain.
    alice.keys.outbound().discard(Party.ROOM);
    alice.passes(Duration.ofMinutes(20));
    assertEquals(List.of("DESK m.no_olm"), leftOut(alice.shares(bob, carol)));
    assertEquals(List.of("m.room_key"), alice.delivers(bob, carol));

    alice.passes(Duration.ofMinutes(20));
    alice.withoutKeys.clear();
    assertEquals("at last", carol.text(alice.writes("at last", bob, carol)));
  }

  @Test
  void whoeverCanBeReachedHasTheKeyWhileOthersAreWaitedFor() {
    alice.reaches(bob);
    Sharing sharing =
        alice.keys.outbound().share(Party.ROOM, List.of(bob.device(), carol.device()));
    assertEquals(
        List.of(carol.device()), assertInstanceOf(Sharing.Waiting.class, sharing).devices());
    assertEquals(List.of("m.room_key"), alice.delivers(bob, carol));
  }

  @Test
  void aDeviceThatLostMessagesIsGivenTheKeyAgain() {
    alice.shares(bob);
    alice.queue.pending().forEach(alice.queue::sent);
    alice.keys.heard(bob.says("m.dummy", Json.object()));
    assertEquals("again", bob.text(alice.writes("again", bob)));
    assertEquals("still", bob.text(alice.writes("still", bob)));
    assertTrue(alice.queue.pending().isEmpty());
  }

  @Test
  void aRoomThatIsNotEncryptedOrInAnUnknownWayIsNotWrittenTo() {
    RoomId other = new RoomId("!other:a.org");
    assertThrows(IllegalStateException.class, () -> alice.keys.outbound().share(other, List.of()));
    assertThrows(
        IllegalStateException.class,
        () -> alice.keys.outbound().encrypt(other, "m.x", Json.object()));
    alice.keys.rooms().heard(other, Json.object().put("algorithm", "m.megolm.v9"));
    assertEquals(
        new Sharing.Unsupported(), alice.keys.outbound().share(other, List.of(bob.device())));
    assertThrows(
        IllegalStateException.class,
        () -> alice.keys.outbound().encrypt(other, "m.x", Json.object()));
  }

  @Test
  void roomsDoNotShareSessions() {
    RoomId other = new RoomId("!other:a.org");
    alice.keys.rooms().heard(other, Json.object().put("algorithm", "m.megolm.v1.aes-sha2"));
    String first = session(alice.writes("here", bob));
    alice.keys.outbound().share(other, List.of(bob.device()));
    ObjectNode content = alice.keys.outbound().encrypt(other, "m.x", Json.object());
    assertNotEquals(first, content.path("session_id").stringValue());
  }
}
