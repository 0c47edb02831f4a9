package dev.sotto.client.interop;

import static dev.sotto.client.interop.Peer.settle;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.interop.Reading.Cause;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.json.Json;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/// What a later device, the second machine, is given by the first of the same user.
class KeyRequestsTest extends InteropTest {
  private Peer phone;
  private Peer bob;
  private RoomId room;
  private ObjectNode early;

  @BeforeEach
  void talkBeforeTheLaterDeviceIsThere() {
    phone = machines.person(pairing.first, "alice");
    bob = machines.person(pairing.second, "bob");
    room = server.room(true, phone.user(), bob.user());
    settle(phone, bob);
    ObjectNode content = Json.object().put("msgtype", "m.text").put("body", "early");
    early =
        server.send(
            bob.user(), room, "m.room.encrypted", bob.encrypt(room, "m.room.message", content));
    settle(phone, bob);
  }

  private Peer laptop() {
    Peer laptop = machines.device(pairing.second, "alice", "LAPTOP");
    settle(phone, bob, laptop);
    return laptop;
  }

  private void verify(Peer laptop) {
    Comparison.complete(phone, laptop, laptop, phone.requestVerification(laptop));
    settle(phone, bob, laptop);
  }

  private Cause refusal(Peer reader) {
    return refused(reader.decrypt(room, early)).cause();
  }

  @Test
  void aVerifiedDeviceIsGivenTheKeyThatItAsksFor() {
    Peer laptop = laptop();
    verify(laptop);
    assertEquals(Cause.UNKNOWN_SESSION, refusal(laptop));
    settle(phone, laptop);
    Reading.Clear read = clear(laptop.decrypt(room, early));
    assertEquals("early", read.body());
    assertEquals(bob.user(), read.sender());
  }

  @Test
  void aDeviceThatIsNotVerifiedIsGivenNoKey() {
    Peer laptop = laptop();
    refusal(laptop);
    settle(phone, laptop);
    refusal(laptop);
  }

  @Test
  void anotherUserIsGivenNoKey() {
    Peer carol = machines.person(pairing.second, "carol");
    server.join(room, carol.user());
    settle(phone, bob, carol);
    refused(carol.decrypt(room, early));
    settle(phone, bob, carol);
    refused(carol.decrypt(room, early));
  }

  @Test
  void aVerifiedDeviceIsGivenTheBackupsKey() {
    phone.createBackup();
    Peer laptop = laptop();
    verify(laptop);
    laptop.requestSecrets();
    settle(phone, laptop);
    assertTrue(laptop.hasPrivateIdentity());
    assertTrue(laptop.hasBackupKey());
  }

  @Test
  void aDeviceThatIsNotVerifiedIsGivenNoSecrets() {
    phone.createBackup();
    Peer laptop = laptop();
    laptop.requestSecrets();
    settle(phone, laptop);
    assertFalse(laptop.hasPrivateIdentity());
    assertFalse(laptop.hasBackupKey());
  }
}
