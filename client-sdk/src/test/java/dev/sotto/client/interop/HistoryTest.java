package dev.sotto.client.interop;

import static dev.sotto.client.interop.Peer.settle;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.client.interop.Reading.Trust;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.json.Json;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/// The past of a room that the first machine shares with the second when it is invited.
class HistoryTest extends InteropTest {
  private static ObjectNode text(String body) {
    return Json.object().put("msgtype", "m.text").put("body", body);
  }

  @Test
  void whoIsInvitedReadsWhatWasSaidBefore() {
    Peer alice = machines.person(pairing.first, "alice");
    Peer bob = machines.person(pairing.first, "bob");
    Peer carol = machines.person(pairing.second, "carol");
    RoomId room = server.room(true, alice.user(), bob.user());
    settle(alice, bob, carol);
    ObjectNode own =
        server.send(
            alice.user(),
            room,
            "m.room.encrypted",
            alice.encrypt(room, "m.room.message", text("by Alice")));
    ObjectNode others =
        server.send(
            bob.user(),
            room,
            "m.room.encrypted",
            bob.encrypt(room, "m.room.message", text("by Bob")));
    settle(alice, bob, carol);
    alice.shareHistory(room, carol.user());
    server.join(room, carol.user());
    settle(alice, bob, carol);
    carol.takeHistory(room, alice.user());
    Reading.Clear first = clear(carol.decrypt(room, own));
    assertEquals("by Alice", first.body());
    Reading.Clear second = clear(carol.decrypt(room, others));
    assertEquals("by Bob", second.body());
    // Alice may have made it up.
    assertEquals(Trust.UNKNOWN, second.trust());
    assertEquals(Optional.of(alice.user()), first.keysFrom());
    assertEquals(Optional.of(alice.user()), second.keysFrom());
  }
}
