package dev.sotto.client.interop;

import static dev.sotto.client.interop.Peer.settle;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.interop.Peer.Phase;
import dev.sotto.client.interop.Reading.Trust;
import dev.sotto.protocol.id.RoomId;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// SAS between two machines, the first of which asks for it.
class VerificationTest extends InteropTest {
  private static final int EMOJI = 7;
  private static final int DECIMALS = 3;

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

  /// Takes a verification that was asked for to where both show what is to be compared.
  private static void compare(Peer asker, Peer asked, Peer starter, String flow) {
    settle(asker, asked);
    assertEquals(Phase.REQUESTED, asked.phase(asker.user(), flow));
    asked.acceptVerification(asker.user(), flow);
    settle(asker, asked);
    assertEquals(Phase.READY, asker.phase(asked.user(), flow));
    assertEquals(Phase.READY, asked.phase(asker.user(), flow));
    Peer other = starter.equals(asker) ? asked : asker;
    starter.startSas(other.user(), flow);
    settle(asker, asked);
    assertEquals(Phase.STARTED, other.phase(starter.user(), flow));
    other.acceptSas(starter.user(), flow);
    settle(asker, asked);
    List<Integer> emoji = asker.emoji(asked.user(), flow);
    assertEquals(EMOJI, emoji.size());
    assertEquals(emoji, asked.emoji(asker.user(), flow));
    List<Integer> decimals = asker.decimals(asked.user(), flow);
    assertEquals(DECIMALS, decimals.size());
    assertEquals(decimals, asked.decimals(asker.user(), flow));
  }

  private static void complete(Peer asker, Peer asked, Peer starter, String flow) {
    compare(asker, asked, starter, flow);
    asker.confirmSas(asked.user(), flow);
    settle(asker, asked);
    assertNotEquals(Phase.DONE, asker.phase(asked.user(), flow));
    asked.confirmSas(asker.user(), flow);
    settle(asker, asked);
    assertEquals(Phase.DONE, asker.phase(asked.user(), flow));
    assertEquals(Phase.DONE, asked.phase(asker.user(), flow));
  }

  private void assertBothVerified() {
    assertEquals(Trust.VERIFIED, alice.trust(bob));
    assertEquals(Trust.VERIFIED, bob.trust(alice));
  }

  @Test
  void usersVerifyEachOtherByToDeviceMessages() {
    complete(alice, bob, alice, alice.requestVerification(bob));
    assertBothVerified();
  }

  @Test
  void whoWasAskedMayStart() {
    complete(alice, bob, bob, alice.requestVerification(bob));
    assertBothVerified();
  }

  @Test
  void usersVerifyEachOtherInAnEncryptedRoom() {
    RoomId room = server.room(true, alice.user(), bob.user());
    complete(alice, bob, alice, alice.requestVerification(bob.user(), room));
    assertBothVerified();
  }

  @Test
  void usersVerifyEachOtherInARoomThatIsNotEncryptedAndWhoWasAskedStarts() {
    RoomId room = server.room(false, alice.user(), bob.user());
    complete(alice, bob, bob, alice.requestVerification(bob.user(), room));
    assertBothVerified();
  }

  @Test
  void aNewDeviceIsVerifiedByAnOlderOneAndGivenTheSecrets() {
    Peer laptop = machines.device(pairing.second, "alice", "LAPTOP");
    settle(alice, laptop);
    assertEquals(Trust.UNSIGNED, alice.trust(laptop));
    complete(alice, laptop, alice, alice.requestVerification(laptop));
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
    complete(laptop, bob, bob, laptop.requestVerification(bob));
    assertEquals(Trust.VERIFIED, bob.trust(laptop));
    assertEquals(Trust.VERIFIED, laptop.trust(bob));
    laptop.requestSecrets();
    settle(bob, laptop);
    assertTrue(laptop.hasPrivateIdentity());
  }

  @Test
  void aDifferenceEndsItForBothAndNobodyIsVerified() {
    String flow = alice.requestVerification(bob);
    compare(alice, bob, alice, flow);
    bob.denySas(alice.user(), flow);
    settle(alice, bob);
    assertEquals(Phase.CANCELLED, alice.phase(bob.user(), flow));
    assertEquals(Phase.CANCELLED, bob.phase(alice.user(), flow));
    assertEquals(Trust.SIGNED, alice.trust(bob));
    assertEquals(Trust.SIGNED, bob.trust(alice));
  }
}
