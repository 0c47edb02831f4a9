package dev.sotto.client.interop;

import static dev.sotto.client.interop.Peer.settle;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.json.Json;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/// A dehydrated device that the first machine has left and the second wakes.
class DehydratedDevicesTest extends InteropTest {
  private static final String KEY = Base64.getEncoder().encodeToString(new byte[32]);

  @Test
  void aLaterDeviceReadsWhatWasSaidWhileNobodyWasThere() {
    Peer phone = machines.person(pairing.first, "alice");
    Peer bob = machines.person(pairing.second, "bob");
    RoomId room = server.room(true, phone.user(), bob.user());
    settle(phone, bob);
    phone.dehydrate(KEY);
    settle(phone, bob);
    server.logOut(phone.endpoint);
    settle(bob);
    ObjectNode content = Json.object().put("msgtype", "m.text").put("body", "anyone there?");
    ObjectNode event =
        server.send(
            bob.user(), room, "m.room.encrypted", bob.encrypt(room, "m.room.message", content));

    Peer laptop = machines.device(pairing.second, "alice", "LAPTOP");
    settle(bob, laptop);
    laptop.rehydrate(KEY);
    Reading.Clear read = clear(laptop.decrypt(room, event));
    assertEquals("anyone there?", read.body());
  }
}
