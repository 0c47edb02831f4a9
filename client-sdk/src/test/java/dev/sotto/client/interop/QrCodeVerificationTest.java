package dev.sotto.client.interop;

import static dev.sotto.client.interop.Peer.settle;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.sotto.client.interop.Peer.Phase;
import dev.sotto.client.interop.Reading.Trust;
import dev.sotto.protocol.id.RoomId;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// QR codes that one machine shows and the other scans.
class QrCodeVerificationTest extends InteropTest {
  /// Takes a verification that was asked for to where both have verified each other.
  private static void complete(Peer asker, Peer asked, boolean askerShows, String flow) {
    settle(asker, asked);
    asked.acceptVerification(asker.user(), flow);
    settle(asker, asked);
    Peer shows = askerShows ? asker : asked;
    Peer scans = askerShows ? asked : asker;
    scans.scanCode(shows.user(), flow, shows.showCode(scans.user(), flow));
    settle(asker, asked);
    assertNotEquals(Phase.DONE, scans.phase(shows.user(), flow));
    shows.confirmScan(scans.user(), flow);
    settle(asker, asked);
    assertEquals(Phase.DONE, scans.phase(shows.user(), flow));
    assertEquals(Phase.DONE, shows.phase(scans.user(), flow));
    assertEquals(Trust.VERIFIED, scans.trust(shows));
    assertEquals(Trust.VERIFIED, shows.trust(scans));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void usersVerifyEachOtherByToDeviceMessages(boolean askerShows) {
    Peer alice = machines.person(pairing.first, "alice");
    Peer bob = machines.person(pairing.second, "bob");
    server.room(true, alice.user(), bob.user());
    alice.track(Set.of(bob.user()));
    bob.track(Set.of(alice.user()));
    settle(alice, bob);
    complete(alice, bob, askerShows, alice.requestVerification(bob));
  }

  @Test
  void usersVerifyEachOtherInAnEncryptedRoom() {
    Peer alice = machines.person(pairing.first, "alice");
    Peer bob = machines.person(pairing.second, "bob");
    RoomId room = server.room(true, alice.user(), bob.user());
    alice.track(Set.of(bob.user()));
    bob.track(Set.of(alice.user()));
    settle(alice, bob);
    complete(alice, bob, true, alice.requestVerification(bob.user(), room));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aNewDeviceAsksAnOlderOne(boolean newOneShows) {
    Peer older = machines.person(pairing.second, "alice");
    Peer laptop = machines.device(pairing.first, "alice", "LAPTOP");
    settle(older, laptop);
    complete(laptop, older, newOneShows, laptop.requestVerification(older));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aNewDeviceIsAskedByAnOlderOne(boolean olderShows) {
    Peer older = machines.person(pairing.first, "alice");
    Peer laptop = machines.device(pairing.second, "alice", "LAPTOP");
    settle(older, laptop);
    complete(older, laptop, olderShows, older.requestVerification(laptop));
  }
}
