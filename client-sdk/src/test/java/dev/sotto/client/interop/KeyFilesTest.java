package dev.sotto.client.interop;

import static dev.sotto.client.interop.Peer.settle;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.json.Json;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class KeyFilesTest extends InteropTest {
  private static final String PASSPHRASE = "correct horse battery \u00e9";

  @Test
  void aLaterDeviceReadsWithTheKeysOfAFile() {
    Peer alice = machines.person(pairing.first, "alice");
    Peer bob = machines.person(pairing.second, "bob");
    RoomId room = server.room(true, alice.user(), bob.user());
    settle(alice, bob);
    ObjectNode own = said(alice, room, "by Alice");
    ObjectNode others = said(bob, room, "by Bob");
    settle(alice, bob);
    String file = alice.exportKeys(PASSPHRASE);

    Peer laptop = machines.device(pairing.second, "alice", "LAPTOP");
    settle(alice, bob, laptop);
    assertThrows(RuntimeException.class, () -> laptop.importKeys(file, "another"));
    assertEquals(2, laptop.importKeys(file, PASSPHRASE));
    assertEquals("by Alice", clear(laptop.decrypt(room, own)).body());
    assertEquals("by Bob", clear(laptop.decrypt(room, others)).body());
  }

  private ObjectNode said(Peer by, RoomId room, String text) {
    ObjectNode content = Json.object().put("msgtype", "m.text").put("body", text);
    return server.send(
        by.user(), room, "m.room.encrypted", by.encrypt(room, "m.room.message", content));
  }
}
