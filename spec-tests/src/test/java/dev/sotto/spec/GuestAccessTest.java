package dev.sotto.spec;

import static dev.sotto.spec.RoomCalls.assertForbidden;
import static dev.sotto.spec.RoomCalls.assertOk;
import static dev.sotto.spec.RoomCalls.assertRefused;
import static dev.sotto.spec.RoomCalls.membership;
import static dev.sotto.spec.RoomCalls.setMembership;
import static dev.sotto.spec.RoomCalls.tryInvite;
import static dev.sotto.spec.RoomCalls.tryJoin;
import static dev.sotto.spec.RoomCalls.upgrade;
import static dev.sotto.spec.harness.Http.path;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import org.junit.jupiter.api.Test;

/// @spec https://spec.matrix.org/v1.19/client-server-api/#guest-access
class GuestAccessTest {
  private static final String OPEN =
      """
      {"preset": "public_chat", "initial_state": [
        {"type": "m.room.guest_access", "content": {"guest_access": "can_join"}}]}
      """;

  private final Server server = Server.plain();
  private final User alice = server.register("alice");
  private final User guest = server.guest();

  @Test
  void guestJoinsWhereGuestsAreWelcome() {
    String closed = alice.createRoom(RoomCalls.PUBLIC);
    assertRefused(tryJoin(guest, closed), 403, "M_GUEST_ACCESS_FORBIDDEN");
    assertRefused(
        setMembership(guest, closed, guest, "{\"membership\": \"join\"}"),
        403,
        "M_GUEST_ACCESS_FORBIDDEN");
    assertOk(tryInvite(alice, closed, guest.id()));
    assertRefused(tryJoin(guest, closed), 403, "M_GUEST_ACCESS_FORBIDDEN");
    String open = alice.createRoom(OPEN);
    assertOk(tryJoin(guest, open));
    assertEquals("join", membership(alice, open, guest));
  }

  @Test
  void guestTakesPartLikeOthers() {
    String room = alice.createRoom(OPEN);
    guest.join(room);
    assertOk(guest.trySend(room, "m.room.message", "{\"body\": \"hi\", \"msgtype\": \"m.text\"}"));
    assertOk(guest.get(path("/v3/rooms/{}/messages?dir=b", room)));
    assertOk(guest.get(path("/v3/rooms/{}/state", room)));
    assertOk(guest.get(path("/v3/rooms/{}/members", room)));
    assertOk(guest.post(path("/v3/rooms/{}/leave", room), "{}"));
  }

  @Test
  void guestReadsWhatTheWorldMayRead() {
    String room = alice.createRoom(RoomCalls.PUBLIC);
    alice.setState(
        room, "m.room.history_visibility", "{\"history_visibility\": \"world_readable\"}");
    String event = alice.say(room, "hear ye");
    assertOk(guest.get(path("/v3/rooms/{}/event/{}", room, event)));
    assertOk(guest.get(path("/v3/rooms/{}/context/{}", room, event)));
    assertOk(guest.get(path("/v3/rooms/{}/messages?dir=b", room)));
    assertOk(guest.get(path("/v3/rooms/{}/state/m.room.create", room)));
    assertForbidden(guest.trySend(room, "m.room.message", "{}"));
  }

  @Test
  void guestsLeaveWhenTheyAreNotWelcomeAnyMore() {
    String room = alice.createRoom(OPEN);
    User bob = server.register("bob");
    guest.join(room);
    bob.join(room);
    alice.setState(room, "m.room.guest_access", "{\"guest_access\": \"forbidden\"}");
    assertEquals("leave", membership(alice, room, guest));
    assertEquals("join", membership(alice, room, bob));
    assertRefused(tryJoin(guest, room), 403, "M_GUEST_ACCESS_FORBIDDEN");
  }

  @Test
  void guestDoesNotManageRooms() {
    String room = alice.createRoom(OPEN);
    guest.join(room);
    User bob = server.register("bob");
    assertRefused(tryInvite(guest, room, bob.id()), 403, "M_GUEST_ACCESS_FORBIDDEN");
    assertRefused(RoomCalls.kick(guest, room, alice), 403, "M_GUEST_ACCESS_FORBIDDEN");
    assertRefused(RoomCalls.ban(guest, room, alice), 403, "M_GUEST_ACCESS_FORBIDDEN");
    assertRefused(RoomCalls.knock(guest, room), 403, "M_GUEST_ACCESS_FORBIDDEN");
    assertRefused(upgrade(guest, room, "11"), 403, "M_GUEST_ACCESS_FORBIDDEN");
  }
}
