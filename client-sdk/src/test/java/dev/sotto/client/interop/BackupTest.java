package dev.sotto.client.interop;

import static dev.sotto.client.interop.Peer.settle;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.json.Json;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/// A key backup that the first machine has made and the second takes in.
class BackupTest extends InteropTest {
  private Peer alice;
  private Peer bob;
  private RoomId room;

  @BeforeEach
  void meet() {
    alice = machines.person(pairing.first, "alice");
    bob = machines.person(pairing.second, "bob");
    room = server.room(true, alice.user(), bob.user());
    settle(alice, bob);
  }

  private ObjectNode said(Peer by, String text) {
    ObjectNode content = Json.object().put("msgtype", "m.text").put("body", text);
    return server.send(
        by.user(), room, "m.room.encrypted", by.encrypt(room, "m.room.message", content));
  }

  @Test
  void aLaterDeviceReadsWhatTheBackupHasKeysFor() {
    String privateKey = alice.createBackup();
    List<ObjectNode> events = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      events.add(said(alice, "said " + i));
      events.add(said(bob, "said " + i));
      settle(alice, bob);
      alice.rotate(room);
    }
    alice.backUp();
    assertEquals(4, server.backups.about(alice.user()).path("count").intValue());

    Peer laptop = machines.device(pairing.second, "alice", "LAPTOP");
    settle(alice, bob, laptop);
    refused(laptop.decrypt(room, events.getFirst()));
    assertEquals(4, laptop.restoreBackup(privateKey));
    for (ObjectNode event : events) {
      Reading.Clear read = clear(laptop.decrypt(room, event));
      assertTrue(read.body().startsWith("said "));
    }
  }

  @Test
  void aDeviceTrustsTheBackupOnceItIsVerified() {
    alice.createBackup();
    Peer laptop = machines.device(pairing.second, "alice", "LAPTOP");
    settle(alice, bob, laptop);
    assertFalse(laptop.trustsBackup());
    Comparison.complete(laptop, alice, alice, laptop.requestVerification(alice));
    settle(alice, bob, laptop);
    assertTrue(laptop.trustsBackup());
  }
}
