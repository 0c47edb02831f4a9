package dev.sotto.client.interop;

import static dev.sotto.client.interop.Peer.settle;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.interop.Peer.Phase;
import dev.sotto.client.interop.Reading.Trust;
import dev.sotto.protocol.id.RoomId;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// SAS between two machines, the first of which asks for it.
class VerificationTest extends InteropTest {
  private Peer alice;
  private Peer bob;

  @BeforeEach
  void meet() {
    alice = machines.person(pairing.first, "alice");
    bob = machines.person(pairing.second, "bob");
    server.room(true, alice.user(), bob.user());
    alice.track(Set.of(bob.user()));
    bob.track(Set.of(alice.user()));
    settle(alice, bob);
  }

  private void assertBothVerified() {
    assertEquals(Trust.VERIFIED, alice.trust(bob));
    assertEquals(Trust.VERIFIED, bob.trust(alice));
  }

  @Test
  void usersVerifyEachOtherByToDeviceMessages() {
    Comparison.complete(alice, bob, alice, alice.requestVerification(bob));
    assertBothVerified();
  }

  @Test
  void whoWasAskedMayStart() {
    Comparison.complete(alice, bob, bob, alice.requestVerification(bob));
    assertBothVerified();
  }

  @Test
  void usersVerifyEachOtherInAnEncryptedRoom() {
    RoomId room = server.room(true, alice.user(), bob.user());
    settle(alice, bob);
    Comparison.complete(alice, bob, alice, alice.requestVerification(bob.user(), room));
    assertBothVerified();
  }

  @Test
  void usersVerifyEachOtherInARoomThatIsNotEncryptedAndWhoWasAskedStarts() {
    RoomId room = server.room(false, alice.user(), bob.user());
    Comparison.complete(alice, bob, bob, alice.requestVerification(bob.user(), room));
    assertBothVerified();
  }

  @Test
  void aNewDeviceIsVerifiedByAnOlderOneAndGivenTheSecrets() {
    Peer laptop = machines.device(pairing.second, "alice", "LAPTOP");
    settle(alice, laptop);
    assertEquals(Trust.UNSIGNED, alice.trust(laptop));
    Comparison.complete(alice, laptop, alice, alice.requestVerification(laptop));
    assertEquals(Trust.VERIFIED, alice.trust(laptop));
    assertEquals(Trust.VERIFIED, laptop.trust(alice));
    laptop.requestSecrets();
    settle(alice, laptop);
    assertTrue(laptop.hasPrivateIdentity());
  }

  @Test
  void aNewDeviceAsksAnOlderOneAndIsGivenTheSecrets() {
    Peer laptop = machines.device(pairing.first, "bob", "LAPTOP");
    settle(bob, laptop);
    Comparison.complete(laptop, bob, bob, laptop.requestVerification(bob));
    assertEquals(Trust.VERIFIED, bob.trust(laptop));
    assertEquals(Trust.VERIFIED, laptop.trust(bob));
    laptop.requestSecrets();
    settle(bob, laptop);
    assertTrue(laptop.hasPrivateIdentity());
  }

  @Test
  void aDifferenceEndsItForBothAndNobodyIsVerified() {
    String flow = alice.requestVerification(bob);
    Comparison.compare(alice, bob, alice, flow);
    bob.denySas(alice.user(), flow);
    settle(alice, bob);
    assertEquals(Phase.CANCELLED, alice.phase(bob.user(), flow));
    assertEquals(Phase.CANCELLED, bob.phase(alice.user(), flow));
    assertEquals(Trust.SIGNED, alice.trust(bob));
    assertEquals(Trust.SIGNED, bob.trust(alice));
  }
}
