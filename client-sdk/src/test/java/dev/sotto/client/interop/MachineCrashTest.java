package dev.sotto.client.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.encryption.EncryptionOutcome;
import dev.sotto.client.encryption.Machine;
import dev.sotto.client.encryption.SyncChanges;
import dev.sotto.client.encryption.megolm.DecryptedEvent;
import dev.sotto.client.encryption.megolm.DecryptionException;
import dev.sotto.client.encryption.megolm.SharingPolicy;
import dev.sotto.client.encryption.request.OutgoingRequest;
import dev.sotto.client.interop.FakeHomeserver.Endpoint;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.client.store.FailingStore;
import dev.sotto.client.store.FailingStore.Failure;
import dev.sotto.client.store.FailingStore.Way;
import dev.sotto.client.store.MemoryStore;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A machine whose process dies at each place where it writes: afterwards everything that was sent
/// can be read by whom it was for, and nothing was used twice (the homeserver refuses a one-time
/// key that comes with other content, and a message index that is used twice cannot be read).
class MachineCrashTest {
  private static final int MESSAGES = 3;

  /// A device that is started again whenever it has died.
  private static final class Mortal {
    private final FakeHomeserver server;
    private final Endpoint endpoint = new Endpoint(new UserId("@alice:a.org"), new DeviceId("A1"));
    private final CryptoStore store;
    private final Set<String> read = new LinkedHashSet<>();
    private @Nullable Machine machine;

    Mortal(FakeHomeserver server, CryptoStore store) {
      this.server = server;
      this.store = store;
      server.register(endpoint);
    }

    private Machine machine() {
      Machine running = machine;
      if (running == null) {
        running =
            Machine.open(
                store,
                endpoint.user(),
                endpoint.device(),
                new SecureRandom(),
                InstantSource.system());
        machine = running;
        running.policy(SharingPolicy.ALL_DEVICES);
      }
      return running;
    }

    /// Does something until it was done without dying.
    void insist(Runnable work) {
      while (true) {
        try {
          work.run();
          return;
        } catch (Failure _) {
          if (machine != null) {
            machine.close();
          }
          machine = null;
        }
      }
    }

    void send() {
      insist(
          () -> {
            List<OutgoingRequest> requests = machine().outgoing();
            while (!requests.isEmpty()) {
              for (OutgoingRequest request : requests) {
                send(request);
              }
              requests = machine().outgoing();
            }
          });
    }

    private void send(OutgoingRequest request) {
      Optional<String> refusal = server.refusal(endpoint, request);
      if (refusal.isPresent()) {
        machine().refused(request.id(), refusal.get());
      } else {
        machine().sent(request.id(), server.answer(endpoint, request));
      }
    }

    void say(RoomId room, String text) {
      insist(
          () -> {
            ObjectNode content = Json.object().put("msgtype", "m.text").put("body", text);
            Set<UserId> readers = server.rooms.members(room);
            EncryptionOutcome outcome = machine().encrypt(room, readers, "m.room.message", content);
            while (outcome instanceof EncryptionOutcome.NotYet) {
              send();
              outcome = machine().encrypt(room, readers, "m.room.message", content);
            }
            EncryptionOutcome.Encrypted encrypted =
                assertInstanceOf(EncryptionOutcome.Encrypted.class, outcome);
            assertEquals(List.of(), encrypted.leftOut());
            server.send(endpoint.user(), room, "m.room.encrypted", encrypted.content());
          });
    }

    /// Takes a sync in; the server gives the same again until it was kept.
    void receive() {
      ObjectNode sync = server.sync(endpoint);
      insist(
          () -> {
            machine().receive(SyncChanges.of(sync));
            for (Map.Entry<String, JsonNode> room : sync.path("rooms").path("join").properties()) {
              for (JsonNode event : room.getValue().path("timeline").path("events")) {
                hear(new RoomId(room.getKey()), (ObjectNode) event);
              }
            }
          });
      send();
    }

    private void hear(RoomId room, ObjectNode event) {
      if (event.path("type").stringValue("").equals("m.room.encrypted")) {
        try {
          DecryptedEvent message = machine().decrypt(room, event);
          read.add(message.content().path("body").stringValue());
        } catch (DecryptionException e) {
          throw new AssertionError("a message is lost", e);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "FOR_GOOD")
  void nothingIsLostOrUsedTwiceWhereverTheProcessDies(Way way) {
    int writes = 0;
    while (true) {
      FailingStore store = new FailingStore(new MemoryStore(), writes, way);
      converse(store);
      if (!store.hasFailed()) {
        break;
      }
      writes++;
    }
    assertTrue(writes > 10, "it wrote " + writes + " times");
  }

  private static void converse(CryptoStore store) {
    FakeHomeserver server = new FakeHomeserver();
    SottoMachine bob =
        new SottoMachine(server, new Endpoint(new UserId("@bob:b.org"), new DeviceId("B1")));
    Mortal alice = new Mortal(server, store);
    alice.send();
    bob.send();
    RoomId room = server.room(true, alice.endpoint.user(), bob.user());
    alice.receive();
    Peer.settle(bob);

    for (int i = 0; i < MESSAGES; i++) {
      alice.say(room, "from Alice " + i);
      Peer.settle(bob);
      bob.say(room, "from Bob " + i);
      alice.receive();
    }
    Peer.settle(bob);
    Set<String> expected = new LinkedHashSet<>();
    for (int i = 0; i < MESSAGES; i++) {
      expected.add("from Alice " + i);
      expected.add("from Bob " + i);
    }
    // A device reads what it has said itself as well.
    assertEquals(expected, alice.read);
    for (String text : expected) {
      assertTrue(bob.hasRead(text), text);
    }
  }

  @Test
  void aMachineThatCouldNotKeepItsStateHasToBeOpenedAgain() {
    CryptoStore store = new FailingStore(new MemoryStore(), 2, Way.ONCE);
    FakeHomeserver server = new FakeHomeserver();
    Mortal alice = new Mortal(server, store);
    Machine machine = alice.machine();

    assertThrows(
        Failure.class,
        () -> {
          for (OutgoingRequest request : machine.outgoing()) {
            machine.sent(request.id(), server.answer(alice.endpoint, request));
          }
        });
    assertThrows(IllegalStateException.class, machine::outgoing);
  }
}
