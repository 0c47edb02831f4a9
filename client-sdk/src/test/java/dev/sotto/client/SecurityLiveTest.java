package dev.sotto.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.event.Message;
import dev.sotto.client.event.RoomEvent;
import dev.sotto.client.event.TextMessage;
import dev.sotto.client.event.Trust;
import dev.sotto.client.event.Undecryptable;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.EventId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/// Keys, and who is to have them, against our own server.
class SecurityLiveTest extends LiveClients {
  SecurityLiveTest() {
    super("required");
  }

  @Test
  void blockedDeviceReadsNothingUntilItIsUnblocked() throws InterruptedException {
    MatrixClient person = started(ada);
    MatrixClient other = started(bob);
    Room room = meet(person, other);
    Heard<Message> said = heard(other, Message.class);
    Heard<Undecryptable> hidden = heard(other, Undecryptable.class);
    room.send("for all");
    assertEquals("for all", said.await().text());
    person.security().block(other.user(), other.device());
    person.close();
    person = started(ada);
    assertTrue(person.security().devices(other.user()).getFirst().isBlocked());
    room = person.room(room.id());
    EventId secret = room.send("behind the back");
    assertEquals(secret, hidden.await().id());
    person.security().unblock(other.user(), other.device());
    assertFalse(person.security().devices(other.user()).getFirst().isBlocked());
    room.send("for all again");
    assertEquals("for all again", said.await().text());
    RoomEvent still = other.room(room.id()).event(secret);
    assertEquals(
        Undecryptable.Cause.WITHHELD, assertInstanceOf(Undecryptable.class, still).cause());
  }

  @Test
  void onlyKnownDevicesOfOthersAreBlocked() {
    MatrixClient person = client(ada);
    Security security = person.security();
    assertThrows(
        IllegalArgumentException.class, () -> security.block(person.user(), person.device()));
    assertThrows(
        IllegalArgumentException.class,
        () -> security.block(person.user(), new DeviceId("NOWHERE")));
  }

  private static EventId said(MatrixClient client, Room room, String text)
      throws InterruptedException {
    Heard<Message> own = heard(client, Message.class);
    EventId sent = room.send(text);
    own.await(message -> message.id().equals(sent));
    return sent;
  }

  @Test
  void exportedKeysLetAnotherDeviceRead() throws Exception {
    MatrixClient first = started(ada);
    Room room = first.createRoom(NewRoom.named("Diary"));
    EventId sent = said(first, room, "Dear diary");
    Path file = folder.resolve("keys.txt");
    assertEquals(1, first.recovery().exportKeys(file, "a long passphrase"));
    assertEquals(PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(file));
    MatrixClient second = another(ada, UnaryOperator.identity());
    Room there = second.room(room.id());
    assertInstanceOf(Undecryptable.class, there.event(sent));
    assertThrows(
        IllegalArgumentException.class, () -> second.recovery().importKeys(file, "another one"));
    assertEquals(1, second.recovery().importKeys(file, "a long passphrase"));
    assertEquals(0, second.recovery().importKeys(file, "a long passphrase"));
    RoomEvent read = there.event(sent);
    assertEquals("Dear diary", assertInstanceOf(TextMessage.class, read).text());
    assertEquals(Trust.UNPROVEN, read.trust());
  }

  @Test
  void wholeBackupIsRestoredAtOnce() throws InterruptedException {
    MatrixClient first = started(ada);
    List<EventId> sent = new ArrayList<>();
    List<Room> rooms = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Room room = first.createRoom(NewRoom.named("Room " + i));
      rooms.add(room);
      sent.add(said(first, room, "message " + i));
    }
    String key = first.recovery().setUp();
    MatrixClient second = another(ada, builder -> builder.recoveryKey(key));
    assertThrows(
        IllegalStateException.class,
        () -> another(ada, UnaryOperator.identity()).recovery().restoreBackup(_ -> {}));
    List<Recovery.Restored> steps = new ArrayList<>();
    Recovery.Restored restored = second.recovery().restoreBackup(steps::add);
    assertTrue(restored.total() >= 3);
    assertEquals(new Recovery.Restored(restored.total(), (int) restored.total(), 0, 0), restored);
    assertEquals(List.of(restored), steps);
    assertEquals(
        new Recovery.Restored(restored.total(), 0, (int) restored.total(), 0),
        second.recovery().restoreBackup(_ -> {}));
    for (int i = 0; i < 3; i++) {
      RoomEvent read = second.room(rooms.get(i).id()).event(sent.get(i));
      assertEquals("message " + i, assertInstanceOf(TextMessage.class, read).text());
    }
  }

  @Test
  void whoHasLostEverythingBeginsAnewAndIsNoticed() throws InterruptedException {
    MatrixClient lost = started(ada);
    String formerKey = lost.recovery().setUp();
    MatrixClient other = started(bob);
    Room room = meet(other, lost);
    assertEquals(Security.IdentityTrust.KNOWN, other.security().identity(lost.user()));
    Heard<Boolean> changes = new Heard<>();
    other.security().onIdentityChange((_, wasVerified) -> changes.tell(wasVerified));
    MatrixClient anew = another(ada, UnaryOperator.identity());
    assertFalse(anew.security().isDeviceSigned());
    assertThrows(IllegalStateException.class, () -> anew.recovery().setUp());
    anew.security().resetIdentity();
    assertTrue(anew.security().isDeviceSigned());
    assertFalse(changes.await());
    anew.start();
    anew.awaitFirstSync();
    Heard<Message> said = heard(anew, Message.class);
    room.send("Is that you?");
    assertEquals("Is that you?", said.await().text());
    String key = anew.recovery().setUp();
    assertThrows(
        IllegalArgumentException.class,
        () -> another(ada, builder -> builder.recoveryKey(formerKey)));
    assertTrue(another(ada, builder -> builder.recoveryKey(key)).security().isDeviceSigned());
  }

  @Test
  void identityStaysWhereTheServerIsNotGivenThePassword() {
    client(ada).close();
    MatrixClient without = builder(ada).restore();
    clients.add(without);
    IllegalStateException refusal =
        assertThrows(IllegalStateException.class, without.security()::resetIdentity);
    assertTrue(refusal.toString().contains("login(user, password)"));
    assertTrue(without.security().isDeviceSigned());
  }

  @Test
  void passphraseOpensWhatTheRecoveryKeyDoes() {
    MatrixClient first = client(ada);
    assertThrows(IllegalArgumentException.class, () -> first.recovery().setUp(" "));
    String key = first.recovery().setUp("seven words that nobody puts together ever");
    for (String typed : List.of(key, "seven words that nobody puts together ever")) {
      assertTrue(another(ada, builder -> builder.recoveryKey(typed)).security().isDeviceSigned());
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> another(ada, builder -> builder.recoveryKey("seven other words")));
  }

  @Test
  void whoWantsNoBackupGetsNoneOnLaterDevicesEither() throws InterruptedException {
    MatrixClient first = started(ada);
    first.recovery().setBackup(false);
    String key = first.recovery().setUp();
    said(first, first.createRoom(NewRoom.named("Diary")), "Dear diary");
    MatrixClient second = another(ada, builder -> builder.recoveryKey(key));
    assertThrows(IllegalStateException.class, () -> second.recovery().restoreBackup(_ -> {}));
    second.start();
    second.awaitFirstSync();
    String again = second.recovery().setUp();
    assertThrows(IllegalStateException.class, () -> second.recovery().restoreBackup(_ -> {}));
    first.recovery().setBackup(true);
    String last = first.recovery().setUp();
    MatrixClient third = another(ada, builder -> builder.recoveryKey(last));
    assertEquals(1, third.recovery().restoreBackup(_ -> {}).restored());
    assertFalse(again.equals(last));
  }

  @Test
  void whatIsSaidWhileNoDeviceIsThereIsReadByTheNextOne() throws InterruptedException {
    MatrixClient last = started(ada);
    MatrixClient other = started(bob);
    Room room = meet(other, last);
    String key = last.recovery().setUp();
    assertThrows(
        IllegalArgumentException.class, () -> last.recovery().leaveDehydratedDevice("no key"));
    assertTrue(last.recovery().leaveDehydratedDevice(key));
    // Another key leads to the same device.
    String newKey = last.recovery().setUp();
    last.logout();
    EventId sent = room.send("Anyone there?");
    List<DeviceId> sleeping = devices(other, last);
    assertEquals(1, sleeping.size());
    MatrixClient next = another(ada, builder -> builder.recoveryKey(newKey));
    RoomEvent read = next.room(room.id()).event(sent);
    assertEquals("Anyone there?", assertInstanceOf(TextMessage.class, read).text());
    next.start();
    next.awaitFirstSync();
    List<DeviceId> now = devices(next, next);
    assertEquals(2, now.size());
    assertTrue(Collections.disjoint(now, sleeping));
    next.recovery().removeDehydratedDevice();
    next.recovery().removeDehydratedDevice();
    // The news of it come before this.
    said(next, next.room(room.id()), "I am.");
    assertEquals(List.of(next.device()), devices(next, next));
  }

  private static List<DeviceId> devices(MatrixClient client, MatrixClient of) {
    return client.security().devices(of.user()).stream().map(Security.DeviceKeys::id).toList();
  }

  @Test
  void historyIsForSignedDevicesOfThoseWhoAreInvited() throws InterruptedException {
    MatrixClient person = started(ada);
    MatrixClient other = started(bob);
    MatrixClient unsigned = another(bob, UnaryOperator.identity());
    Room room = person.createRoom(NewRoom.named("Long ago"));
    EventId sent = said(person, room, "in the beginning");
    Heard<Problem> problems = new Heard<>();
    person.onProblem(problems::tell);
    Heard<Invitation> invitations = new Heard<>();
    other.onInvitation(invitations::tell);
    room.invite(other.user());
    Problem problem = problems.await();
    assertEquals(Problem.Kind.LEFT_OUT, problem.kind());
    assertTrue(String.valueOf(problem.cause().getMessage()).contains(unsigned.device().value()));
    RoomEvent read = invitations.await().accept().event(sent);
    assertEquals("in the beginning", assertInstanceOf(TextMessage.class, read).text());
  }
}
