package dev.sotto.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.event.Edit;
import dev.sotto.client.event.FileMessage;
import dev.sotto.client.event.MemberChange;
import dev.sotto.client.event.Membership;
import dev.sotto.client.event.Reaction;
import dev.sotto.client.event.StateChange;
import dev.sotto.protocol.id.EventId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What can be done in rooms, and about them, that others see.
class RoomLiveTest extends LiveClients {
  RoomLiveTest() {
    super("optional");
  }

  @Test
  void editsAndReactionsOfOthersAreHeardAndNotOurOwn() throws Exception {
    MatrixClient person = started(ada);
    MatrixClient other = started(bob);
    Room room = meet(person, other);
    Heard<Edit> edits = new Heard<>();
    other.onEdit((_, edit) -> edits.tell(edit));
    Heard<Reaction> reactions = new Heard<>();
    other.onReaction((_, reaction) -> reactions.tell(reaction));
    Room his = other.room(room.id());
    EventId his1 = his.send("first");
    his.edit(his1, "second");
    his.react(his1, "👎");
    EventId hers = room.send("hello");
    room.edit(hers, "Hello");
    room.react(his1, "👍");
    Edit edit = edits.await();
    assertEquals(hers, edit.edited());
    assertEquals("Hello", edit.replacement().text());
    Reaction reaction = reactions.await();
    assertEquals(person.user(), reaction.sender());
    assertEquals("👍", reaction.key());
  }

  @Test
  void invitationIsListedUntilItIsDeclined() throws InterruptedException {
    MatrixClient person = started(ada);
    MatrixClient other = started(bob);
    Heard<Invitation> told = new Heard<>();
    other.onInvitation(told::tell);
    Heard<MemberChange> changes = heard(person, MemberChange.class);
    Room room = person.createRoom(NewRoom.named("Party").invite(other.user()));
    told.await();
    List<Invitation> waiting = other.invitations();
    assertEquals(1, waiting.size());
    assertEquals(room.id(), waiting.getFirst().roomId());
    waiting.getFirst().decline();
    changes.await(
        change -> change.user().equals(other.user()) && change.membership() == Membership.LEAVE);
    assertThrows(MatrixRequestException.class, () -> other.join(room.id().value()));
  }

  @Test
  void whoIsBannedMayComeBackWhenThatIsTakenBack() throws InterruptedException {
    MatrixClient person = started(ada);
    MatrixClient other = started(bob);
    Room room = person.createRoom(NewRoom.named("Garden").open());
    other.join(room.id().value());
    room.kick(other.user());
    other.join(room.id().value());
    room.ban(other.user());
    assertThrows(MatrixRequestException.class, () -> other.join(room.id().value()));
    room.unban(other.user());
    assertEquals(room.id(), other.join(room.id().value()).id());
  }

  @Test
  void openRoomIsFoundByItsAddress() throws InterruptedException {
    MatrixClient person = started(ada);
    MatrixClient other = client(bob);
    Heard<StateChange> state = heard(person, StateChange.class);
    Room room = person.createRoom(NewRoom.named("Market").open("market-" + ada));
    String address = "#market-" + ada + ":" + person.user().server();
    assertEquals(room.id(), other.join(address).id());
    state.await(change -> change.type().equals("m.room.canonical_alias"));
    assertEquals(Optional.of(address), room.alias());
    room.setTopic("Apples and pears");
    state.await(
        change ->
            change.type().equals("m.room.topic")
                && change.content().path("topic").stringValue("").equals("Apples and pears"));
    assertEquals(Optional.of("Apples and pears"), room.topic());
  }

  @Test
  void typeOfAFileIsWhatItsSenderSays() throws Exception {
    MatrixClient person = started(ada);
    Heard<FileMessage> files = heard(person, FileMessage.class);
    Room room = person.createRoom(NewRoom.unnamed());
    room.sendFile(FileUpload.of("cat", "text/plain", new byte[] {1}).typed("image/png"));
    FileMessage picture = files.await();
    assertEquals(FileMessage.Kind.IMAGE, picture.kind());
    assertEquals(Optional.of("image/png"), picture.contentType());
  }

  @Test
  void pictureIsTheOneThatWasNamed() {
    MatrixClient person = client(ada);
    person.setAvatarUrl("mxc://example.org/cat");
    assertEquals(Optional.of("mxc://example.org/cat"), person.profile(person.user()).avatarUrl());
    assertTrue(person.invitations().isEmpty());
  }
}
