package dev.sotto.client.encryption;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.encryption.device.KeyCounts;
import dev.sotto.client.encryption.megolm.Sharing.LeftOut;
import dev.sotto.client.encryption.megolm.SharingPolicy;
import dev.sotto.client.encryption.request.OutgoingRequest;
import dev.sotto.client.encryption.request.OutgoingRequest.KeysQuery;
import dev.sotto.client.encryption.request.OutgoingRequest.KeysUpload;
import dev.sotto.client.encryption.request.OutgoingRequest.ToDevice;
import dev.sotto.client.store.MemoryStore;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/// Keys that a server does not take keep nobody from writing.
class RefusedKeysTest {
  private static final RoomId ROOM = new RoomId("!one:example.org");
  private static final RoomId OTHER = new RoomId("!other:example.org");
  private static final DeviceId PHONE = new DeviceId("PHONE");
  private static final ObjectNode HELLO = Json.object().put("body", "hello");

  private final KeyServer server = new KeyServer(OwnDevice.ALICE);
  private final OwnDevice laptop = new OwnDevice(server, "LAPTOP");
  private final MemoryStore store = new MemoryStore();
  private Machine machine = open();

  private Machine open() {
    Machine opened =
        Machine.open(store, OwnDevice.ALICE, PHONE, new SecureRandom(), () -> Instant.EPOCH);
    opened.policy(SharingPolicy.ALL_DEVICES);
    return opened;
  }

  @BeforeEach
  void begin() {
    OwnDevice.settle(laptop);
    remember(ROOM);
    answers(_ -> true);
    answers(_ -> true);
  }

  @AfterEach
  void close() {
    machine.close();
    laptop.close();
    store.close();
  }

  private void remember(RoomId room) {
    machine.remember(room, Json.object().put("algorithm", "m.megolm.v1.aes-sha2"));
  }

  private EncryptionOutcome encrypts(RoomId room) {
    return machine.encrypt(room, List.of(OwnDevice.ALICE), "m.room.message", HELLO);
  }

  /// Has those requests answered that the server takes.
  private void answers(Predicate<OutgoingRequest> taken) {
    for (OutgoingRequest request : machine.outgoing()) {
      if (request instanceof OutgoingRequest.BackupVersionQuery) {
        machine.refused(request.id(), "M_NOT_FOUND");
      } else if (taken.test(request)) {
        machine.sent(request.id(), server.answer(PHONE, request));
      } else {
        machine.unanswered(request.id());
      }
    }
  }

  /// Gives the key to the laptop, but for sending it.
  private void gives(RoomId room) {
    for (int i = 0; i < 3; i++) {
      assertInstanceOf(EncryptionOutcome.NotYet.class, encrypts(room));
      answers(request -> !(request instanceof ToDevice));
    }
  }

  private void refuses(String errcode) {
    for (OutgoingRequest request : machine.outgoing()) {
      assertInstanceOf(ToDevice.class, request);
      machine.refused(request.id(), errcode);
    }
  }

  private void leavesOutTheLaptop() {
    for (int i = 0; i < 2; i++) {
      EncryptionOutcome.Encrypted encrypted =
          assertInstanceOf(EncryptionOutcome.Encrypted.class, encrypts(ROOM));
      assertEquals(
          List.of(laptop.id),
          encrypted.leftOut().stream().map(LeftOut::device).map(device -> device.id()).toList());
    }
    assertTrue(machine.outgoing().stream().noneMatch(ToDevice.class::isInstance));
  }

  /// A server may have other keys under the names of ours, or nothing good to say of ours at all.
  @Test
  void ownKeysThatAreNeverTakenAreNotOfferedWithEverySync() {
    int offered = 0;
    for (int sync = 0; sync < 50; sync++) {
      machine.receive(
          new SyncChanges(
              List.of(), Set.of(), Set.of(), new KeyCounts(0, Optional.of(true)), Map.of()));
      for (OutgoingRequest request : machine.outgoing()) {
        if (request instanceof KeysUpload) {
          offered++;
          machine.refused(request.id(), "M_UNKNOWN");
        } else {
          machine.unanswered(request.id());
        }
      }
    }
    assertEquals(5, offered);
  }

  @Test
  void whoDoesNotGetTheKeyIsSaidToBeLeftOut() {
    gives(ROOM);
    refuses("M_TOO_LARGE");
    leavesOutTheLaptop();
    machine.close();
    machine = open();
    leavesOutTheLaptop();
  }

  @Test
  void whatIsRefusedForSomethingUnheardOfIsTriedThreeTimes() {
    gives(ROOM);
    refuses("M_UNKNOWN");
    refuses("");
    assertInstanceOf(EncryptionOutcome.NotYet.class, encrypts(ROOM));
    refuses("M_UNKNOWN");
    leavesOutTheLaptop();
  }

  @Test
  void whoseDevicesCannotBeHadKeepsNobodyFromWriting() {
    UserId bob = new UserId("@bob:other.org");
    EncryptionOutcome outcome = new EncryptionOutcome.NotYet();
    for (int i = 0; i < 5 && outcome instanceof EncryptionOutcome.NotYet; i++) {
      outcome = machine.encrypt(ROOM, List.of(OwnDevice.ALICE, bob), "m.room.message", HELLO);
      for (OutgoingRequest request : machine.outgoing()) {
        if (request instanceof KeysQuery query
            && query.body().path("device_keys").has(bob.value())) {
          machine.unusable(request.id());
        } else {
          machine.sent(request.id(), server.answer(PHONE, request));
        }
      }
    }
    EncryptionOutcome.Encrypted encrypted =
        assertInstanceOf(EncryptionOutcome.Encrypted.class, outcome);
    assertEquals(Set.of(bob), encrypted.unknown());
    assertEquals(List.of(), encrypted.leftOut());
  }

  @Test
  void aKeyThatAnEarlierProcessLeftKeepsOnlyItsOwnRoomWaiting() {
    gives(ROOM);
    String left = ((ToDevice) machine.outgoing().getFirst()).id();
    machine.close();
    machine = open();
    remember(OTHER);
    assertInstanceOf(EncryptionOutcome.NotYet.class, encrypts(OTHER));
    answers(request -> !request.id().equals(left));
    assertInstanceOf(EncryptionOutcome.Encrypted.class, encrypts(OTHER));
    assertInstanceOf(EncryptionOutcome.NotYet.class, encrypts(ROOM));
  }
}
