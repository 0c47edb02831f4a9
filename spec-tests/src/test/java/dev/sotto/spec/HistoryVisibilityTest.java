package dev.sotto.spec;

import static dev.sotto.spec.RoomCalls.assertForbidden;
import static dev.sotto.spec.RoomCalls.assertRefused;
import static dev.sotto.spec.RoomCalls.event;
import static dev.sotto.spec.RoomCalls.getEvent;
import static dev.sotto.spec.RoomCalls.getMessages;
import static dev.sotto.spec.RoomCalls.kick;
import static dev.sotto.spec.RoomCalls.messages;
import static dev.sotto.spec.RoomCalls.tryInvite;
import static dev.sotto.spec.harness.Http.path;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// @spec https://spec.matrix.org/v1.19/client-server-api/#room-history-visibility
class HistoryVisibilityTest {
  private final Server server = Server.plain();
  private final User alice = server.register("alice");
  private final User bob = server.register("bob");

  private String room(String visibility) {
    return alice.createRoom(
        """
        {"initial_state": [{"type": "m.room.history_visibility",
          "content": {"history_visibility": "%s"}}]}
        """
            .formatted(visibility));
  }

  private void set(String room, String visibility) {
    alice.setState(
        room, "m.room.history_visibility", "{\"history_visibility\": \"" + visibility + "\"}");
  }

  private boolean sees(User user, String room, String event) {
    boolean alone = getEvent(user, room, event).statusCode() == 200;
    boolean listed =
        messages(user, room, "dir=b&limit=100").getList("chunk.event_id").contains(event);
    assertEquals(alone, listed, "seen alone, and seen in the list");
    return alone;
  }

  @ParameterizedTest
  @CsvSource({
    "world_readable, true, true, true",
    "shared, true, true, true",
    "invited, false, true, true",
    "joined, false, false, true",
    "nonsense, true, true, true"
  })
  void newMemberSeesWhatTheRoomHadAgreedTo(
      String visibility, boolean early, boolean whileInvited, boolean joined) {
    String room = room(visibility);
    String first = alice.say(room, "first");
    alice.invite(room, bob);
    String second = alice.say(room, "second");
    bob.join(room);
    String third = alice.say(room, "third");
    assertEquals(early, sees(bob, room, first));
    assertEquals(whileInvited, sees(bob, room, second));
    assertEquals(joined, sees(bob, room, third));
  }

  @ParameterizedTest
  @ValueSource(strings = {"shared", "invited", "joined"})
  void whoLeftSeesNothingOfWhatCameThen(String visibility) {
    String room = room(visibility);
    alice.invite(room, bob);
    bob.join(room);
    String before = alice.say(room, "before");
    assertEquals(200, kick(alice, room, bob).statusCode());
    String after = alice.say(room, "after");
    assertEquals(true, sees(bob, room, before));
    assertEquals(false, sees(bob, room, after));
    assertThat(
        messages(bob, room, "dir=b&limit=1").getList("chunk.content.membership"),
        contains("leave"));
  }

  @Test
  void whatWasSharedIsSharedAgainWithOneWhoComesBack() {
    String room = room("shared");
    alice.invite(room, bob);
    bob.join(room);
    bob.leave(room);
    String away = alice.say(room, "while bob is away");
    assertEquals(false, sees(bob, room, away));
    alice.invite(room, bob);
    bob.join(room);
    assertEquals(true, sees(bob, room, away));
  }

  @Test
  void whatWasForMembersOnlyStaysHiddenFromOneWhoComesBack() {
    String room = room("joined");
    alice.invite(room, bob);
    bob.join(room);
    String before = alice.say(room, "before");
    bob.leave(room);
    String away = alice.say(room, "while bob is away");
    alice.invite(room, bob);
    bob.join(room);
    assertEquals(true, sees(bob, room, before));
    assertEquals(false, sees(bob, room, away));
  }

  @Test
  void settingHoldsForWhatIsSentUnderIt() {
    String room = room("joined");
    String hidden = alice.say(room, "hidden");
    set(room, "shared");
    String shared = alice.say(room, "shared");
    set(room, "joined");
    String hiddenAgain = alice.say(room, "hidden again");
    alice.invite(room, bob);
    bob.join(room);
    assertEquals(false, sees(bob, room, hidden));
    assertEquals(true, sees(bob, room, shared));
    assertEquals(false, sees(bob, room, hiddenAgain));
    assertThat(
        messages(bob, room, "dir=b&limit=100")
            .getList(
                "chunk.findAll { it.type == 'm.room.history_visibility' }"
                    + ".content.history_visibility"),
        contains("joined", "shared", "joined"));
  }

  @Test
  void strangersSeeNothingButWhatTheWorldMayRead() {
    String room = room("shared");
    String shared = alice.say(room, "shared");
    assertForbidden(getMessages(bob, room, "dir=b"));
    assertRefused(getEvent(bob, room, shared), 404, "M_NOT_FOUND");
    set(room, "world_readable");
    String open = alice.say(room, "open");
    assertEquals(true, sees(bob, room, open));
    assertEquals(false, sees(bob, room, shared));
    bob.get(path("/v3/rooms/{}/state/m.room.history_visibility", room)).then().statusCode(200);
    set(room, "shared");
    assertForbidden(getMessages(bob, room, "dir=b"));
    assertEquals("open", event(bob, room, open).getString("content.body"));
  }

  @Test
  void invitedUserMayReadSingleEventsWhereInvitationsCount() {
    String room = room("invited");
    assertEquals(200, tryInvite(alice, room, bob.id()).statusCode());
    String event = alice.say(room, "while bob is invited");
    assertEquals("while bob is invited", event(bob, room, event).getString("content.body"));
    assertForbidden(getMessages(bob, room, "dir=b"));
  }

  @Test
  void hiddenHistoryIsInNoAnswer() {
    String room = room("joined");
    String hidden = alice.say(room, "hidden");
    alice.invite(room, bob);
    bob.join(room);
    String seen = alice.say(room, "seen");
    List<String> timeline =
        bob.sync().getList("rooms.join.'" + room + "'.timeline.events.event_id");
    assertThat(timeline, hasItem(seen));
    assertThat(timeline, not(hasItem(hidden)));
    assertRefused(RoomCalls.getContext(bob, room, hidden, ""), 404, "M_NOT_FOUND");
    assertRefused(RoomCalls.getRelations(bob, room, hidden, ""), 404, "M_NOT_FOUND");
    String first =
        bob.get(path("/v1/rooms/{}/timestamp_to_event?ts=0&dir=f", room)).path("event_id");
    assertThat(first, not(hidden));
    assertEquals(200, getEvent(bob, room, first).statusCode());
  }
}
