package dev.sotto.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.event.Edit;
import dev.sotto.client.event.FileMessage;
import dev.sotto.client.event.MemberChange;
import dev.sotto.client.event.Membership;
import dev.sotto.client.event.Message;
import dev.sotto.client.event.RoomEvent;
import dev.sotto.client.event.StateChange;
import dev.sotto.client.event.TextMessage;
import dev.sotto.client.event.Trust;
import dev.sotto.client.event.Undecryptable;
import dev.sotto.client.verification.Verification;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/// The client against our own server as it is by default: it takes nothing that is not encrypted.
class EncryptedLiveTest extends LiveClients {
  EncryptedLiveTest() {
    super("required");
  }

  @Test
  void devicesAreSignedFromTheirFirstLogin() throws InterruptedException {
    MatrixClient person = started(ada);
    assertTrue(person.security().isDeviceSigned());
    MatrixClient other = started(bob);
    assertEquals(Trust.SIGNED, other.security().devices(person.user()).getFirst().trust());
    assertEquals(
        person.security().fingerprint(),
        other.security().devices(person.user()).getFirst().fingerprint());
  }

  @Test
  void botAnswersInAnEncryptedRoom() throws InterruptedException {
    MatrixClient bot = started(bob);
    bot.onInvitation(Invitation::accept);
    bot.commands("!").on("ping", "says pong", call -> call.reply("pong"));
    MatrixClient person = started(ada);
    Heard<Message> said = new Heard<>();
    person.onMessage((_, message) -> said.tell(message));
    Heard<MemberChange> joined = heard(person, MemberChange.class);
    Room room = person.createRoom(NewRoom.named("Ping").invite(bot.user()));
    joined.await(
        change -> change.user().equals(bot.user()) && change.membership() == Membership.JOIN);
    EventId question = room.send("!ping");
    Message answer = said.await();
    assertEquals("pong", answer.text());
    assertEquals(Optional.of(question), answer.replyTo());
    assertEquals(Trust.SIGNED, answer.trust());
    assertEquals("m.room.encrypted", answer.envelope().json().path("type").stringValue(null));
  }

  @Test
  void whatIsSentBetweenInvitationAndJoiningCanBeRead() throws InterruptedException {
    MatrixClient bot = started(bob);
    Heard<Invitation> invitations = new Heard<>();
    bot.onInvitation(invitations::tell);
    Heard<Message> said = new Heard<>();
    bot.onMessage((_, message) -> said.tell(message));
    MatrixClient person = started(ada);
    Room room = person.createRoom(NewRoom.named("Early").invite(bot.user()));
    room.send("welcome");
    invitations.await().accept();
    assertEquals("welcome", said.await().text());
  }

  @Test
  void editsAndFilesAreEncrypted() throws Exception {
    MatrixClient person = started(ada);
    MatrixClient other = started(bob);
    Heard<RoomEvent> heard = heard(other, RoomEvent.class);
    Room room = meet(person, other);
    EventId first = room.send("first");
    assertEquals("first", await(heard, TextMessage.class).text());
    room.edit(first, "second");
    Edit edit = await(heard, Edit.class);
    assertEquals(first, edit.edited());
    assertEquals("second", edit.replacement().text());
    byte[] bytes = "a,b\n1,2\n".getBytes(StandardCharsets.UTF_8);
    room.sendFile(FileUpload.of("table.csv", "text/csv", bytes));
    FileMessage file = await(heard, FileMessage.class);
    assertEquals("table.csv", file.fileName());
    assertEquals(Optional.of("text/csv"), file.contentType());
    Path target = folder.resolve("downloaded");
    other.room(room.id()).download(file, target, 1000);
    assertArrayEquals(bytes, Files.readAllBytes(target));
    room.redact(first, "a reason that nobody is told");
    room.react(file.id(), "👍");
  }

  private static <E extends RoomEvent> E await(Heard<RoomEvent> heard, Class<E> type)
      throws InterruptedException {
    return type.cast(heard.await(type::isInstance));
  }

  @Test
  void messagesOfAnAbsenceAreReadAfterARestart() throws InterruptedException {
    MatrixClient person = started(ada);
    MatrixClient first = started(bob);
    Room room = meet(person, first);
    Heard<Message> before = heard(first, Message.class);
    room.send("before");
    before.await();
    first.close();
    for (int i = 0; i < 60; i++) {
      room.send("missed " + i);
    }
    MatrixClient second = client(bob);
    List<String> texts = new ArrayList<>();
    Heard<String> last = new Heard<>();
    Heard<Undecryptable> lost = heard(second, Undecryptable.class);
    second.onMessage(
        (_, message) -> {
          texts.add(message.text());
          if (message.text().equals("missed 59")) {
            last.tell("last");
          }
        });
    second.start();
    last.await();
    assertEquals(60, texts.size());
    assertTrue(lost.isEmpty());
    second.room(room.id()).send("after the restart");
    List<RoomEvent> latest = second.room(room.id()).timeline().earlier(61);
    assertEquals(61, latest.stream().filter(TextMessage.class::isInstance).count());
  }

  @Test
  void usersVerifyEachOther() throws InterruptedException {
    MatrixClient person = started(ada);
    MatrixClient other = started(bob);
    Room room = meet(person, other);
    Heard<Verification> hers = agreeing(person);
    Heard<Verification> his = agreeing(other);
    person.security().verify(room, other.user());
    hers.await(Verification.Done.class::isInstance);
    his.await(Verification.Done.class::isInstance);
    assertEquals(Security.IdentityTrust.VERIFIED, person.security().identity(other.user()));
    assertEquals(Security.IdentityTrust.VERIFIED, other.security().identity(person.user()));
    Heard<Message> said = heard(other, Message.class);
    room.send("trusted");
    assertEquals(Trust.VERIFIED, said.await(message -> message instanceof TextMessage).trust());
  }

  @Test
  void memberWhoLeftCannotReadOn() throws InterruptedException {
    MatrixClient person = started(ada);
    MatrixClient other = started(bob);
    Room room = meet(person, other);
    Heard<Message> said = heard(other, Message.class);
    room.send("for both");
    said.await();
    Heard<MemberChange> left = heard(person, MemberChange.class);
    other.room(room.id()).leave();
    left.await(change -> change.membership() == Membership.LEAVE);
    EventId alone = room.send("for one");
    TextMessage own = assertInstanceOf(TextMessage.class, room.event(alone));
    // Keys come in the order in which they were sent: the one of before would be there.
    meet(person, other).send("for both again");
    said.await(message -> message.text().equals("for both again"));
    Undecryptable read =
        assertInstanceOf(Undecryptable.class, other.room(room.id()).decrypt(own.envelope().json()));
    assertEquals(Undecryptable.Cause.UNKNOWN_SESSION, read.cause());
  }

  @Test
  void newDeviceReadsTheBackupWithTheRecoveryKey() throws InterruptedException {
    MatrixClient person = started(ada);
    Room room = person.createRoom(NewRoom.named("Diary"));
    Heard<Message> own = heard(person, Message.class);
    room.send("before the backup");
    own.await();
    String key = person.recovery().setUp();
    assertTrue(person.recovery().isSetUp());
    room.send("after the backup");
    own.await();
    person.close();
    ClientBuilder anew =
        MatrixClient.at(server().url()).store(folder.resolve("again.db"), "a passphrase");
    assertThrows(
        IllegalArgumentException.class,
        () -> anew.recoveryKey("no key").login(ada, BuiltServer.PASSWORD));
    // The same store again: what has failed has left nothing open.
    MatrixClient again = anew.recoveryKey(key).login(ada, BuiltServer.PASSWORD);
    clients.add(again);
    assertTrue(again.security().isDeviceSigned());
    List<String> texts = new ArrayList<>();
    for (RoomEvent event : again.room(room.id()).timeline().earlier(10)) {
      if (event instanceof TextMessage message) {
        texts.add(message.text());
      }
    }
    assertEquals(List.of("after the backup", "before the backup"), texts);
  }

  private static Optional<RoomEvent> text(Room room, String text) {
    return room.timeline().earlier(50).stream()
        .filter(event -> event instanceof TextMessage message && message.text().equals(text))
        .findFirst();
  }

  /// A room of which it was heard that its history is for those who come later.
  private static Room roomWithHistory(MatrixClient person) throws InterruptedException {
    Heard<StateChange> states = heard(person, StateChange.class);
    Room room = person.createRoom(NewRoom.named("Long ago"));
    states.await(change -> change.type().equals("m.room.history_visibility"));
    return room;
  }

  @Test
  void whoIsInvitedReadsTheSharedHistory() throws InterruptedException {
    MatrixClient person = started(ada);
    Room room = roomWithHistory(person);
    room.send("in the beginning");
    MatrixClient other = started(bob);
    Heard<Invitation> invitations = new Heard<>();
    other.onInvitation(invitations::tell);
    Heard<Message> said = new Heard<>();
    other.onMessage((_, message) -> said.tell(message));
    room.invite(other.user());
    Room his = invitations.await().accept();
    RoomEvent first = text(his, "in the beginning").orElseThrow();
    assertEquals(Trust.UNPROVEN, first.trust());
    assertEquals(Optional.of(person.user()), first.keysFrom());
    // With the same key, which its maker now sends herself.
    room.send("today");
    assertEquals("today", said.await().text());
    first = text(his, "in the beginning").orElseThrow();
    assertEquals(Trust.SIGNED, first.trust());
    assertEquals(Optional.empty(), first.keysFrom());
  }

  /// The one that has accepted cannot pass anything on, and the backup does not know who gave it.
  @Test
  void anotherDeviceOfWhoAcceptsFetchesTheSharedHistoryToo() throws InterruptedException {
    MatrixClient person = started(ada);
    Heard<Message> toPerson = heard(person, Message.class);
    MatrixClient first = started(bob);
    Room clock = meet(person, first);
    Room room = roomWithHistory(person);
    room.send("in the beginning");
    String key = first.recovery().setUp();
    MatrixClient second = another(bob, builder -> builder.recoveryKey(key));
    Heard<Message> toSecond = heard(second, Message.class);
    second.start();
    second.awaitFirstSync();
    second.room(clock.id()).send("here");
    assertEquals(Trust.SIGNED, toPerson.await(said -> said.text().equals("here")).trust());
    Heard<Invitation> invitations = new Heard<>();
    first.onInvitation(invitations::tell);
    room.invite(first.user());
    invitations.await().accept();
    first.close();
    Optional<UserId> giver = Optional.empty();
    for (int i = 0; i < 50 && giver.isEmpty(); i++) {
      String tick = "tick " + i;
      clock.send(tick);
      toSecond.await(said -> said.text().equals(tick));
      giver = text(second.room(room.id()), "in the beginning").flatMap(RoomEvent::keysFrom);
    }
    assertEquals(Optional.of(person.user()), giver);
  }

  @Test
  void whoIsInvitedFromARecoveredDeviceReadsWhatIsInTheBackup() throws InterruptedException {
    MatrixClient person = started(ada);
    Room room = roomWithHistory(person);
    room.send("in the beginning");
    String key = person.recovery().setUp();
    person.close();
    MatrixClient again = another(ada, builder -> builder.recoveryKey(key));
    List<Problem> problems = new CopyOnWriteArrayList<>();
    again.onProblem(problems::add);
    again.start();
    again.awaitFirstSync();
    MatrixClient other = started(bob);
    Heard<Invitation> invitations = new Heard<>();
    other.onInvitation(invitations::tell);
    again.room(room.id()).invite(other.user());
    Room his = invitations.await().accept();
    assertEquals(List.of(), problems);
    RoomEvent first = text(his, "in the beginning").orElseThrow();
    assertEquals(Optional.of(again.user()), first.keysFrom());
  }

  @Test
  void clearRoomIsNotToBeHad() throws InterruptedException {
    MatrixClient person = started(ada);
    Room room = person.createRoom(NewRoom.unnamed().unencrypted());
    assertTrue(room.isEncrypted());
    assertThrows(
        IllegalArgumentException.class,
        () -> room.setState("org.example.notes", "", Json.object().put("a", "b")));
    assertFalse(room.isDirect());
  }
}
