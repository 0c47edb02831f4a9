package dev.sotto.client.encryption.backup;

import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.encryption.device.DeviceTracking;
import dev.sotto.client.encryption.device.OwnAccount;
import dev.sotto.client.encryption.megolm.SessionName;
import dev.sotto.client.encryption.olm.OlmChannel;
import dev.sotto.client.encryption.olm.ToDeviceQueue;
import dev.sotto.client.encryption.request.OutgoingRequest.KeysClaim;
import dev.sotto.client.encryption.request.RequestIds;
import dev.sotto.client.engine.MegolmKey;
import dev.sotto.client.engine.OutboundMegolm;
import dev.sotto.client.store.MemoryStore;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A device of Bob, who writes to Alice's.
final class Writer implements AutoCloseable {
  private static final UserId BOB = new UserId("@bob:localhost");
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final OwnAccount account;
  private final OlmChannel channel;

  Writer() {
    MemoryStore store = new MemoryStore();
    RequestIds ids = new RequestIds(RANDOM);
    account = OwnAccount.open(store, BOB, new DeviceId("DESK"), RANDOM, () -> NOW, ids);
    DeviceTracking tracking = new DeviceTracking(store, ids, () -> NOW);
    channel =
        new OlmChannel(store, account, tracking, new ToDeviceQueue(store, ids), ids, () -> NOW);
  }

  /// Begins a session with one of the keys that were published, one-time or fallback.
  void begin(Device with, JsonNode published) {
    channel.want(List.of(with));
    KeysClaim claim = channel.claim().orElseThrow();
    ObjectNode answer = Json.object();
    var first = published.properties().iterator().next();
    answer
        .putObject("one_time_keys")
        .putObject(with.user().value())
        .putObject(with.id().value())
        .set(first.getKey(), first.getValue());
    channel.claimed(claim, answer);
  }

  /// An event that carries the key of a new session.
  ObjectNode roomKey(Device to, List<SessionName> names) {
    try (OutboundMegolm session = OutboundMegolm.create();
        MegolmKey key = session.sessionKey()) {
      names.add(new SessionName(Owner.ROOM, session.id()));
      return event(
          to,
          "m.room_key",
          Json.object()
              .put("algorithm", "m.megolm.v1.aes-sha2")
              .put("room_id", Owner.ROOM.value())
              .put("session_id", session.id())
              .put("session_key", key.base64()));
    }
  }

  ObjectNode event(Device to, String type, ObjectNode content) {
    ObjectNode event = Json.object().put("type", OlmChannel.ENCRYPTED).put("sender", BOB.value());
    event.set("content", channel.encrypt(to, type, content).orElseThrow());
    return event;
  }

  @Override
  public void close() {
    channel.close();
    account.close();
  }
}
