package dev.sotto.client.encryption.olm;

import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.encryption.device.DeviceTracking;
import dev.sotto.client.encryption.device.OneTimeKeys;
import dev.sotto.client.encryption.device.OwnAccount;
import dev.sotto.client.encryption.request.OutgoingRequest.KeysClaim;
import dev.sotto.client.encryption.request.OutgoingRequest.KeysQuery;
import dev.sotto.client.encryption.request.OutgoingRequest.ToDevice;
import dev.sotto.client.encryption.request.RequestIds;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A device with a channel, and what the server would have of it.
final class Peer implements AutoCloseable {
  private static final SecureRandom RANDOM = new SecureRandom();

  final UserId user;
  final DeviceId device;
  final OwnAccount account;
  final DeviceTracking tracking;
  final ToDeviceQueue queue;
  final OlmChannel channel;
  Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final ObjectNode oneTimeKeys = Json.object();

  Peer(String user, String device, CryptoStore store) {
    this.user = new UserId(user);
    this.device = new DeviceId(device);
    RequestIds ids = new RequestIds(RANDOM);
    account = OwnAccount.open(store, this.user, this.device, RANDOM, () -> now, ids);
    tracking = new DeviceTracking(store, ids, () -> now);
    queue = new ToDeviceQueue(store, ids);
    channel = new OlmChannel(store, account, tracking, queue, ids, () -> now);
    publish();
  }

  /// Has as many one-time keys on the server as it takes.
  void publish() {
    oneTimeKeys.setAll(OneTimeKeys.leftBy(account));
  }

  void passes(Duration time) {
    now = now.plus(time);
  }

  Device asDevice() {
    return Device.of(user, device, account.deviceKeys()).orElseThrow();
  }

  /// Learns of another device, as by `/keys/query`.
  void knows(Peer other) {
    tracking.track(List.of(other.user));
    tracking.heard(List.of(other.user), List.of());
    KeysQuery query = tracking.query().orElseThrow();
    ObjectNode answer = Json.object();
    answer
        .putObject("device_keys")
        .putObject(other.user.value())
        .set(other.device.value(), other.account.deviceKeys());
    tracking.answered(query, answer);
  }

  /// Begins a session with another device by one of its one-time keys.
  void begins(Peer other) {
    channel.want(List.of(other.asDevice()));
    answerClaim(other);
  }

  void answerClaim(Peer other) {
    KeysClaim claim = channel.claim().orElseThrow();
    Map.Entry<String, JsonNode> key = other.oneTimeKeys.properties().iterator().next();
    other.oneTimeKeys.remove(key.getKey());
    channel.claimed(claim, claimAnswer(other, key.getKey(), key.getValue()));
  }

  static ObjectNode claimAnswer(Peer owner, String id, JsonNode key) {
    ObjectNode answer = Json.object();
    answer
        .putObject("one_time_keys")
        .putObject(owner.user.value())
        .putObject(owner.device.value())
        .set(id, key);
    return answer;
  }

  Map.Entry<String, JsonNode> someOneTimeKey() {
    return oneTimeKeys.properties().iterator().next();
  }

  /// An event as the recipient's sync has it.
  ObjectNode writes(Peer to, String type, String text) {
    ObjectNode content = Json.object().put("text", text);
    return event(channel.encrypt(to.asDevice(), type, content).orElseThrow());
  }

  ObjectNode event(ObjectNode content) {
    ObjectNode event = Json.object().put("type", "m.room.encrypted").put("sender", user.value());
    event.set("content", content);
    return event;
  }

  /// What waits for another device, as its sync has it.
  List<ObjectNode> outbox(Peer to) {
    List<ToDevice> pending = queue.pending();
    pending.forEach(queue::sent);
    return pending.stream()
        .map(sent -> sent.body().path("messages").path(to.user.value()).path(to.device.value()))
        .filter(JsonNode::isObject)
        .map(content -> event((ObjectNode) content))
        .toList();
  }

  @Override
  public void close() {
    channel.close();
    account.close();
  }
}
