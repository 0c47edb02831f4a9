package dev.sotto.client.encryption;

import dev.sotto.client.encryption.device.KeyCounts;
import dev.sotto.client.encryption.identity.DeviceTrust;
import dev.sotto.client.encryption.request.OutgoingRequest;
import dev.sotto.client.store.MemoryStore;
import dev.sotto.client.verification.Verification;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A device of Alice's with its machine, at a server for keys.
public final class OwnDevice implements AutoCloseable {
  public static final UserId ALICE = new UserId("@alice:example.org");

  public final Machine machine;
  final DeviceId id;
  private final KeyServer server;
  private final MemoryStore store = new MemoryStore();

  /// The phases verifications are in.
  private final Map<Long, Verification> verifications = new HashMap<>();

  private int seen;

  public OwnDevice(KeyServer server, String id) {
    this.server = server;
    this.id = new DeviceId(id);
    machine = Machine.open(store, ALICE, this.id, new SecureRandom(), () -> Instant.EPOCH);
  }

  /// Syncs once, and sends what that asks for.
  ///
  /// @return whether anything happened
  boolean turn() {
    var events = server.inbox(id);
    Set<UserId> changed = seen == server.changes() ? Set.of() : Set.of(ALICE);
    seen = server.changes();
    hear(
        machine.receive(
            new SyncChanges(
                events,
                changed,
                Set.of(),
                new KeyCounts(server.oneTimeKeys(id), Optional.of(true)),
                Map.of())));
    List<OutgoingRequest> outgoing = machine.outgoing();
    for (OutgoingRequest request : outgoing) {
      if (request instanceof OutgoingRequest.BackupVersionQuery) {
        machine.refused(request.id(), "M_NOT_FOUND");
      } else {
        hear(machine.sent(request.id(), server.answer(id, request)));
      }
    }
    return !events.isEmpty() || !outgoing.isEmpty();
  }

  /// Lets all devices sync until nothing more happens.
  public static void settle(OwnDevice... devices) {
    for (int round = 0; round < 100; round++) {
      boolean any = false;
      for (OwnDevice device : devices) {
        any |= device.turn();
      }
      if (!any) {
        return;
      }
    }
    throw new AssertionError("they never come to rest");
  }

  private void hear(List<MachineNews> news) {
    for (MachineNews one : news) {
      if (one instanceof MachineNews.VerificationChanged(Verification phase)) {
        verifications.put(phase.id(), phase);
      }
    }
  }

  /// The phase that the only verification is in.
  <T extends Verification> T phase(Class<T> phase) {
    return phase.cast(verifications.values().iterator().next());
  }

  DeviceTrust trust(OwnDevice other) {
    return machine.devices(ALICE).stream()
        .filter(device -> device.id().equals(other.id))
        .map(machine::trust)
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void close() {
    machine.close();
    store.close();
  }
}
