package dev.sotto.client.encryption.backup;

import dev.sotto.client.encryption.device.DeviceTracking;
import dev.sotto.client.encryption.device.OwnAccount;
import dev.sotto.client.encryption.olm.OlmChannel;
import dev.sotto.client.encryption.olm.OlmEvent;
import dev.sotto.client.encryption.olm.OlmOutcome.Decrypted;
import dev.sotto.client.encryption.olm.OlmOutcome.Undecryptable;
import dev.sotto.client.encryption.olm.ToDeviceQueue;
import dev.sotto.client.encryption.request.RequestIds;
import dev.sotto.client.store.MemoryStore;
import dev.sotto.protocol.id.DeviceId;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A dehydrated device for as long as it is awake: it reads what it was sent, in memory only. If
/// the process ends before all of it was taken, the device is woken again and reads it anew.
///
/// Nothing is answered by it, and of what it was sent only room keys are believed.
public final class WokenDevice implements AutoCloseable {
  private static final Set<String> TAKEN = Set.of("m.room_key", "m.room_key_bundle");

  private final OwnAccount account;
  private final OlmChannel channel;
  private final MemoryStore store = new MemoryStore();
  private final Consumer<OlmEvent> roomKeys;

  /// @param account closed with it
  WokenDevice(
      OwnAccount account,
      DeviceTracking tracking,
      Consumer<OlmEvent> roomKeys,
      RequestIds ids,
      InstantSource clock) {
    this.account = account;
    this.roomKeys = roomKeys;
    // What it would send stays in a queue that nobody looks at.
    channel = new OlmChannel(store, account, tracking, new ToDeviceQueue(store, ids), ids, clock);
  }

  /// What the server calls it, for the path of its events.
  public DeviceId id() {
    return account.device();
  }

  /// Takes the room keys out of what the device was sent.
  ///
  /// @param answer to `GET` of the device's events, whose `next_batch` says from where to go on;
  ///   the last one has none, or no `events`
  /// @return how many events held some
  public int receive(JsonNode answer) {
    int taken = 0;
    for (JsonNode event : answer.path("events")) {
      if (event instanceof ObjectNode object
          && OlmChannel.ENCRYPTED.equals(object.path("type").stringValue(null))) {
        taken += receive(object) ? 1 : 0;
      }
    }
    return taken;
  }

  private boolean receive(ObjectNode event) {
    return switch (channel.decrypt(event)) {
      case Decrypted decrypted -> {
        boolean isTaken = TAKEN.contains(decrypted.event().type());
        if (isTaken) {
          roomKeys.accept(decrypted.event());
        }
        yield isTaken;
      }
      case Undecryptable _ -> false;
    };
  }

  /// Forgets the device's private keys.
  @Override
  public void close() {
    channel.close();
    account.close();
    store.close();
  }
}
