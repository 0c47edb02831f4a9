package dev.sotto.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.event.Edit;
import dev.sotto.client.event.FileMessage;
import dev.sotto.client.event.MemberChange;
import dev.sotto.client.event.Membership;
import dev.sotto.client.event.Message;
import dev.sotto.client.event.Reaction;
import dev.sotto.client.event.Redacted;
import dev.sotto.client.event.Redaction;
import dev.sotto.client.event.RoomEvent;
import dev.sotto.client.event.TextMessage;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.UserId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The client against our own server, in rooms that are not encrypted.
class LiveTest extends LiveClients {
  LiveTest() {
    super("optional");
  }

  @Test
  void botAnswersWhereItIsInvited() throws InterruptedException {
    MatrixClient bot = started(bob);
    bot.onInvitation(Invitation::accept);
    bot.onMessage(
        (room, message) -> {
          if (message.text().equals("!ping")) {
            room.reply(message, "pong");
          }
        });
    MatrixClient person = started(ada);
    Heard<Message> said = new Heard<>();
    person.onMessage((_, message) -> said.tell(message));
    Heard<MemberChange> joined = heard(person, MemberChange.class);
    Room room = person.createRoom(NewRoom.named("Ping").invite(bot.user()).unencrypted());
    joined.await(
        change -> change.user().equals(bot.user()) && change.membership() == Membership.JOIN);
    EventId question = room.send("!ping");
    Message answer = said.await();
    assertEquals("pong", answer.text());
    assertEquals(Optional.of(question), answer.replyTo());
    assertEquals(bot.user(), answer.sender());
  }

  @Test
  void whatIsSaidBetweenInvitationAndJoiningIsHeard() throws InterruptedException {
    MatrixClient bot = started(bob);
    Heard<Invitation> invitations = new Heard<>();
    bot.onInvitation(invitations::tell);
    Heard<Message> said = new Heard<>();
    bot.onMessage((_, message) -> said.tell(message));
    MatrixClient person = started(ada);
    Room room = person.createRoom(NewRoom.named("Early").unencrypted());
    room.send("before the invitation");
    room.invite(bot.user());
    room.send("after the invitation");
    Invitation invitation = invitations.await();
    assertEquals(Optional.of("Early"), invitation.roomName());
    assertEquals(Optional.of(person.user()), invitation.inviter());
    invitation.accept();
    assertEquals("after the invitation", said.await().text());
  }

  @Test
  void restartGoesOnWhereItWasWithoutAnotherLogin() throws InterruptedException {
    MatrixClient first = started(bob);
    Room room = first.createRoom(NewRoom.named("Long").unencrypted());
    Heard<Message> own = heard(first, Message.class);
    room.send("seen by the first run");
    own.await();
    first.close();
    MatrixClient person = started(ada);
    MatrixClient second = client(bob);
    assertEquals(first.device(), second.device());
    room = second.room(room.id());
    room.invite(person.user());
    Room hers = person.join(room.id().value());
    for (int i = 0; i < 120; i++) {
      hers.send("missed " + i);
    }
    List<String> texts = new ArrayList<>();
    Heard<String> last = new Heard<>();
    second.onMessage(
        (_, message) -> {
          texts.add(message.text());
          if (message.text().equals("missed 119")) {
            last.tell("last");
          }
        });
    second.start();
    last.await();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      expected.add("missed " + i);
    }
    assertEquals(expected, texts);
  }

  @Test
  void whatWasNotHandledComesAgain() throws InterruptedException {
    MatrixClient person = started(ada);
    MatrixClient first = started(bob);
    Room room = person.createRoom(NewRoom.unnamed().unencrypted().invite(first.user()));
    Heard<MemberChange> joined = heard(person, MemberChange.class);
    first.join(room.id().value());
    joined.await(change -> change.membership() == Membership.JOIN);
    Heard<String> begun = new Heard<>();
    first.onMessage(
        (_, message) -> {
          begun.tell(message.text());
          Thread.currentThread().join();
        });
    Heard<Problem> problems = new Heard<>();
    first.onProblem(problems::tell);
    room.send("one");
    begun.await();
    room.send("two");
    room.send("three");
    Heard<RoomEvent> all = heard(person, RoomEvent.class);
    room.send("four");
    all.await(event -> event instanceof TextMessage text && text.text().equals("four"));
    first.close();
    assertEquals(Problem.Kind.HANDLER, problems.await().kind());
    MatrixClient second = client(bob);
    Heard<String> texts = new Heard<>();
    second.onMessage((_, message) -> texts.tell(message.text()));
    second.start();
    texts.await("two"::equals);
    assertEquals("three", texts.await());
    assertEquals("four", texts.await());
  }

  @Test
  void kindsOfMessagesArriveAsTheyWereSent() throws Exception {
    MatrixClient person = started(ada);
    Heard<RoomEvent> heard = heard(person, RoomEvent.class);
    Room room = person.createRoom(NewRoom.named("Kinds").unencrypted());
    EventId plain = room.send("plain");
    TextMessage text = await(heard, TextMessage.class);
    assertEquals(plain, text.id());
    assertEquals(TextMessage.Kind.TEXT, text.kind());
    room.sendHtml("bold", "<b>bold</b>");
    assertEquals(Optional.of("<b>bold</b>"), await(heard, TextMessage.class).html());
    room.sendNotice("note");
    assertEquals(TextMessage.Kind.NOTICE, await(heard, TextMessage.class).kind());
    room.send(Draft.emote("waves").inThread(plain));
    TextMessage emote = await(heard, TextMessage.class);
    assertEquals(TextMessage.Kind.EMOTE, emote.kind());
    assertEquals(Optional.of(plain), emote.thread());
    assertEquals(Optional.empty(), emote.replyTo());
    room.edit(plain, "corrected");
    Edit edit = await(heard, Edit.class);
    assertEquals(plain, edit.edited());
    assertEquals("corrected", edit.replacement().text());
    room.react(plain, "👍");
    Reaction reaction = await(heard, Reaction.class);
    assertEquals(plain, reaction.target());
    assertEquals("👍", reaction.key());
    room.redact(emote.id(), "not so");
    Redaction redaction = await(heard, Redaction.class);
    assertEquals(emote.id(), redaction.target());
    assertEquals(Optional.of("not so"), redaction.reason());
    assertInstanceOf(Redacted.class, room.event(emote.id()));
    byte[] bytes = "a,b\n1,2\n".getBytes(StandardCharsets.UTF_8);
    room.sendFile(FileUpload.of("table.csv", "text/csv", bytes).captioned("numbers"));
    FileMessage file = await(heard, FileMessage.class);
    assertEquals("numbers", file.text());
    assertEquals("table.csv", file.fileName());
    Path target = folder.resolve("downloaded");
    room.download(file, target, 1000);
    assertArrayEquals(bytes, Files.readAllBytes(target));
    assertThrows(MatrixRequestException.class, () -> room.download(file, target, 3));
  }

  private static <E extends RoomEvent> E await(Heard<RoomEvent> heard, Class<E> type)
      throws InterruptedException {
    return type.cast(heard.await(type::isInstance));
  }

  @Test
  void timelineGoesBackToTheBeginning() throws InterruptedException {
    MatrixClient person = started(ada);
    Room room = person.createRoom(NewRoom.named("Pages").unencrypted());
    for (int i = 0; i < 12; i++) {
      room.send("message " + i);
    }
    Timeline timeline = room.timeline();
    List<String> texts = new ArrayList<>();
    while (!timeline.isAtBeginning()) {
      for (RoomEvent event : timeline.earlier(5)) {
        if (event instanceof TextMessage message) {
          texts.add(message.text());
        }
      }
    }
    assertEquals(12, texts.size());
    assertEquals("message 11", texts.getFirst());
    assertEquals("message 0", texts.getLast());
  }

  @Test
  void membersAreAllKnownThoughSomeNeverSpoke() throws InterruptedException {
    MatrixClient person = started(ada);
    MatrixClient other = client(bob);
    other.setDisplayName("Bob the Quiet");
    Room room = person.createRoom(NewRoom.unnamed().unencrypted().invite(other.user()));
    other.join(room.id().value());
    assertEquals(Optional.of("Bob the Quiet"), other.profile(other.user()).displayName());
    List<UserId> users = room.members().stream().map(Member::user).sorted().toList();
    assertEquals(List.of(person.user(), other.user()), users);
    assertEquals("Bob the Quiet", room.member(other.user()).orElseThrow().name());
    Heard<MemberChange> changes = heard(person, MemberChange.class);
    room.kick(other.user(), "enough");
    changes.await(change -> change.membership() == Membership.LEAVE);
    assertEquals(1, room.members().size());
    assertEquals(Membership.LEAVE, room.member(other.user()).orElseThrow().membership());
  }

  @Test
  void aRoomIsAsWeHaveMadeItBeforeTheNewsSayIt() {
    MatrixClient person = client(ada);
    MatrixClient other = client(bob);
    Room kitchen = person.createRoom(NewRoom.named("Kitchen").topic("Soup"));
    assertEquals("Kitchen", kitchen.name());
    assertEquals(Optional.of("Soup"), kitchen.topic());
    Room room = person.direct(other.user());
    assertEquals(other.user().value(), room.name());
    assertEquals(Membership.JOIN, room.membership());
    assertEquals(Set.of(kitchen, room), Set.copyOf(person.rooms()));
    assertEquals(room, person.direct(other.user()));
  }

  @Test
  void commandsAreCarriedOutAndExplained() throws InterruptedException {
    MatrixClient bot = started(bob);
    bot.onInvitation(Invitation::accept);
    bot.commands("!")
        .on("add", "add <a> <b>", call -> call.reply("" + (call.integer() + call.integer())));
    MatrixClient person = started(ada);
    Heard<Message> said = new Heard<>();
    person.onMessage((_, message) -> said.tell(message));
    Heard<MemberChange> joined = heard(person, MemberChange.class);
    Room room = person.direct(bot.user());
    assertTrue(room.isDirect());
    assertEquals(room, person.direct(bot.user()));
    assertTrue(room.isEncrypted());
    Room clear = person.createRoom(NewRoom.unnamed().unencrypted().invite(bot.user()));
    joined.await(
        change ->
            change.room().equals(clear.id())
                && change.user().equals(bot.user())
                && change.membership() == Membership.JOIN);
    clear.send("!add 2 40");
    assertEquals("42", said.await().text());
    clear.send("!add 2");
    assertEquals("There is something missing.\n!add - add <a> <b>", said.await().text());
    Commands more = bot.commands("!").on("echo", "echo <text>", call -> call.reply(call.rest()));
    clear.send("!help");
    assertEquals(
        "!add - add <a> <b>\n!echo - echo <text>\n!help - shows what there is",
        said.await().text());
    clear.send("!echo only one has helped");
    assertEquals("only one has helped", said.await().text());
    more.close();
    bot.commands("!").on("last", "last", call -> call.reply("the last"));
    clear.send("!help");
    assertEquals("!help - shows what there is\n!last - last", said.await().text());
  }

  @Test
  void typingAndReceiptsAreTold() throws InterruptedException {
    MatrixClient person = started(ada);
    MatrixClient other = client(bob);
    Room room = person.createRoom(NewRoom.unnamed().unencrypted().invite(other.user()));
    Room his = other.join(room.id().value());
    EventId event = room.send("read this");
    Heard<Receipt> receipts = new Heard<>();
    person.onReceipt((_, receipt) -> receipts.tell(receipt));
    Heard<Boolean> typing = new Heard<>();
    person.onTyping((_, users) -> typing.tell(users.contains(other.user())));
    his.markRead(event);
    assertEquals(new Receipt(other.user(), event, false), receipts.await());
    his.typing(Duration.ofSeconds(20));
    typing.await(Boolean::booleanValue);
    his.typing(Duration.ZERO);
    assertFalse(typing.await());
  }

  @Test
  void presenceIsToldAndLasts() throws InterruptedException {
    MatrixClient other = started(bob);
    MatrixClient person = client(ada);
    Heard<Presence> presences = new Heard<>();
    person.onPresence(presences::tell);
    Room room = person.createRoom(NewRoom.unnamed().unencrypted().invite(other.user()));
    Room his = other.join(room.id().value());
    other.setPresence(Presence.State.UNAVAILABLE, "at lunch");
    person.start();
    person.awaitFirstSync();
    Presence away =
        presences.await(
            presence ->
                presence.user().equals(other.user())
                    && presence.state() == Presence.State.UNAVAILABLE);
    assertEquals(Optional.of("at lunch"), away.status());
    // What comes with his own message is asked for by another request, which says the same.
    Heard<TextMessage> own = heard(other, TextMessage.class);
    Heard<TextMessage> hers = heard(person, TextMessage.class);
    for (String text : List.of("one", "two")) {
      his.send(text);
      own.await();
      hers.await();
    }
    other.setPresence(Presence.State.UNAVAILABLE, "still");
    Presence next;
    do {
      next = presences.await(presence -> presence.user().equals(other.user()));
      assertEquals(Presence.State.UNAVAILABLE, next.state());
    } while (!next.status().equals(Optional.of("still")));
  }

  @Test
  void pictureIsUploadedForAllToSee() throws IOException {
    MatrixClient person = client(ada);
    byte[] picture = {(byte) 0x89, 'P', 'N', 'G'};
    person.setAvatar(FileUpload.of("me.png", "image/png", picture));
    assertTrue(person.profile(person.user()).avatarUrl().orElseThrow().startsWith("mxc://"));
    FileUpload text = FileUpload.of("secret.txt", "text/plain", picture);
    assertThrows(IllegalArgumentException.class, () -> person.setAvatar(text));
  }

  @Test
  void failingHandlerSpoilsNothing() throws InterruptedException {
    MatrixClient person = started(ada);
    Heard<Problem> problems = new Heard<>();
    person.onProblem(problems::tell);
    person.on(
        TextMessage.class,
        (_, _) -> {
          throw new IllegalStateException("a handler's own mistake");
        });
    Heard<TextMessage> heard = heard(person, TextMessage.class);
    Room room = person.createRoom(NewRoom.unnamed().unencrypted());
    room.send("one");
    room.send("two");
    assertEquals("one", heard.await().text());
    assertEquals("two", heard.await().text());
    Problem problem = problems.await();
    assertEquals(Problem.Kind.HANDLER, problem.kind());
    assertEquals("a handler's own mistake", problem.cause().getMessage());
  }

  @Test
  void storeOfSomebodyElseIsRefused() {
    client(ada).close();
    assertThrows(IllegalStateException.class, () -> builder(ada).login(bob, BuiltServer.PASSWORD));
  }
}
