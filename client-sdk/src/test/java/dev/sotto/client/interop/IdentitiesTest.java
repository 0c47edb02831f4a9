package dev.sotto.client.interop;

import static dev.sotto.client.interop.Peer.settle;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.client.interop.Reading.Trust;
import dev.sotto.protocol.id.RoomId;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Cross-signing: what one machine signs and the other believes.
class IdentitiesTest extends InteropTest {
  private Peer alice;
  private Peer bob;
  private RoomId room;

  @BeforeEach
  void meet() {
    alice = machines.person(pairing.first, "alice");
    bob = machines.person(pairing.second, "bob");
    room = server.room(true, alice.user(), bob.user());
    alice.track(Set.of(bob.user()));
    bob.track(Set.of(alice.user()));
    settle(alice, bob);
  }

  private Trust trustInNextMessage(Peer sender, Peer reader) {
    String event = sender.say(room, "who am I?");
    settle(alice, bob);
    return read(reader, event).trust();
  }

  @Test
  void aDeviceSignedByItsOwnerIsSeenAsSuch() {
    assertEquals(Trust.SIGNED, alice.trust(bob));
    assertEquals(Trust.SIGNED, bob.trust(alice));
    assertEquals(Trust.SIGNED, trustInNextMessage(alice, bob));
    assertEquals(Trust.SIGNED, trustInNextMessage(bob, alice));
  }

  private void verifyEachOther() {
    Comparison.complete(alice, bob, alice, alice.requestVerification(bob));
    settle(alice, bob);
  }

  @Test
  void usersWhoVerifiedEachOtherTrustTheirDevices() {
    verifyEachOther();
    assertEquals(Trust.VERIFIED, alice.trust(bob));
    assertEquals(Trust.VERIFIED, bob.trust(alice));
    assertEquals(Trust.VERIFIED, trustInNextMessage(alice, bob));
    assertEquals(Trust.VERIFIED, trustInNextMessage(bob, alice));
  }

  @Test
  void aVerifiedUsersFurtherDeviceIsNotTrustedBeforeTheySignIt() {
    verifyEachOther();
    Peer laptop = machines.device(pairing.first, "bob", "LAPTOP");
    settle(alice, bob, laptop);
    assertEquals(Trust.UNSIGNED, alice.trust(laptop));
    Comparison.complete(laptop, bob, bob, laptop.requestVerification(bob));
    settle(alice, bob, laptop);
    assertEquals(Trust.VERIFIED, alice.trust(laptop));
  }

  @Test
  void aDeviceThatItsOwnerHasNotSignedIsSeenAsSuch() {
    Peer laptop = machines.device(pairing.second, "bob", "LAPTOP");
    settle(alice, bob, laptop);
    assertEquals(Trust.UNSIGNED, alice.trust(laptop));
    assertEquals(Trust.UNSIGNED, trustInNextMessage(laptop, alice));
  }

  @Test
  void anotherIdentityOfAVerifiedUserIsNoticed() {
    verifyEachOther();
    bob.bootstrapCrossSigning();
    settle(alice, bob);
    assertEquals(Trust.OWNER_CHANGED, alice.trust(bob));
  }
}
