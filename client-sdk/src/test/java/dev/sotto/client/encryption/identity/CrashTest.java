package dev.sotto.client.encryption.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.encryption.request.OutgoingRequest.CrossSigningUpload;
import dev.sotto.client.encryption.request.OutgoingRequest.SignaturesUpload;
import dev.sotto.client.store.FailingStore;
import dev.sotto.client.store.FailingStore.Way;
import dev.sotto.client.store.MemoryStore;
import dev.sotto.protocol.json.Json;
import java.util.EnumSet;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The process ends after each of its writes, and once between a request and its answer; the next
/// one carries on.
class CrashTest {
  private static final String ALICE = Here.ALICE.value();
  private static final int MORE_THAN_ALL_WRITES = 30;

  /// A server that keeps what it is sent.
  private static final class Server {
    private final ObjectNode keys = Json.object();

    void takes(CrossSigningUpload upload) {
      upload
          .body()
          .forEachEntry(
              (field, key) -> keys.withObjectProperty(field + "s").set(ALICE, key.deepCopy()));
    }

    void takes(SignaturesUpload upload) {
      JsonNode device = upload.body().path(ALICE).path(Here.PHONE.value());
      if (device.isObject()) {
        device()
            .withObjectProperty("signatures")
            .withObjectProperty(ALICE)
            .setAll((ObjectNode) device.path("signatures").path(ALICE));
      }
    }

    private ObjectNode device() {
      return keys.withObjectProperty("device_keys")
          .withObjectProperty(ALICE)
          .withObjectProperty(Here.PHONE.value());
    }

    boolean signedDevice() {
      return device().path("signatures").path(ALICE).size() == 2;
    }
  }

  /// Goes on until everything is published, or it breaks.
  ///
  /// @param losing whether answers get lost
  private static void run(Here here, Server server, boolean losing) {
    if (server.device().isEmpty()) {
      server.device().setAll(here.account.deviceKeys());
    }
    here.hears(Here.ALICE, server.keys.deepCopy());
    here.own().bootstrap();
    Optional<CrossSigningUpload> upload = here.own().upload();
    if (upload.isPresent()) {
      server.takes(upload.get());
      if (losing) {
        return;
      }
      here.own().sent(upload.get());
    }
    Optional<SignaturesUpload> signatures = here.own().signatures();
    if (signatures.isPresent()) {
      server.takes(signatures.get());
      if (!losing) {
        here.own().sent(signatures.get(), Json.object());
      }
    }
  }

  private static void assertWhole(Here here, Server server) {
    assertEquals(
        new OwnIdentityStatus(
            OwnIdentityStatus.Phase.PRESENT, false, true, EnumSet.allOf(KeyRole.class), true),
        here.own().status());
    assertTrue(server.signedDevice());
  }

  @Test
  void whereverItBreaksTheIdentityIsPublishedOnceAndItsKeysAreHere() {
    for (int writes = 1; writes < MORE_THAN_ALL_WRITES; writes++) {
      MemoryStore store = new MemoryStore();
      Server server = new Server();
      try (Here account = new Here(new FailingStore(store, 1, Way.FOR_GOOD))) {
        assertTrue(account.own().signatures().isEmpty());
      }
      try (Here broken = new Here(new FailingStore(store, writes, Way.FOR_GOOD))) {
        run(broken, server, false);
      } catch (FailingStore.Failure _) {
        // The next process goes on from what was kept.
      }
      JsonNode published = server.keys.path("master_keys").deepCopy();
      try (Here next = new Here(store)) {
        run(next, server, false);
        next.hears(Here.ALICE, server.keys);
        assertWhole(next, server);
        assertTrue(published.isMissingNode() || published.equals(server.keys.path("master_keys")));
      }
    }
  }

  @Test
  void lostAnswersAreMadeUpFor() {
    MemoryStore store = new MemoryStore();
    Server server = new Server();
    for (int i = 0; i < 3; i++) {
      try (Here here = new Here(new FailingStore(store, MORE_THAN_ALL_WRITES, Way.FOR_GOOD))) {
        run(here, server, true);
      }
    }
    try (Here here = new Here(store)) {
      here.hears(Here.ALICE, server.keys);
      assertWhole(here, server);
    }
  }
}
