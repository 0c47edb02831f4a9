package dev.sotto.client.encryption.secrets;

import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.encryption.device.DeviceTracking;
import dev.sotto.client.encryption.device.OwnAccount;
import dev.sotto.client.encryption.olm.OlmChannel;
import dev.sotto.client.encryption.olm.OlmOutcome;
import dev.sotto.client.encryption.olm.ToDeviceQueue;
import dev.sotto.client.encryption.request.OutgoingRequest.KeysClaim;
import dev.sotto.client.encryption.request.OutgoingRequest.ToDevice;
import dev.sotto.client.encryption.request.RequestIds;
import dev.sotto.client.memory.SecretText;
import dev.sotto.client.store.MemoryStore;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A device that shares secrets, with the way to others that a server would be.
final class Sharer implements AutoCloseable, SecretKeeper {
  private static final SecureRandom RANDOM = new SecureRandom();

  final OwnAccount account;
  final Set<String> verified = new HashSet<>();
  final Map<SecretName, String> secrets = new HashMap<>();

  /// What is of use.
  String wanted = "good";

  Instant now = Instant.EPOCH;
  final MemoryStore store = new MemoryStore();
  private final RequestIds ids = new RequestIds(RANDOM);
  final DeviceTracking tracking;
  private final ToDeviceQueue queue;
  private final ObjectNode oneTimeKeys;
  final OlmChannel channel;
  SecretSharing sharing;

  Sharer(String user, String device) {
    account =
        OwnAccount.open(store, new UserId(user), new DeviceId(device), RANDOM, () -> now, ids);
    tracking = new DeviceTracking(store, ids, () -> now);
    queue = new ToDeviceQueue(store, ids);
    channel = new OlmChannel(store, account, tracking, queue, ids, () -> now);
    sharing = open();
    oneTimeKeys = account.upload().orElseThrow().body().withObjectProperty("one_time_keys");
  }

  private SecretSharing open() {
    return new SecretSharing(
        store,
        account,
        tracking,
        channel,
        queue,
        ids,
        () -> now,
        device -> verified.contains(device.id().value()),
        this);
  }

  /// As a new process finds it.
  void restart() {
    sharing = open();
  }

  String name() {
    return account.device().value();
  }

  Device device() {
    return Device.of(account.user(), account.device(), account.deviceKeys()).orElseThrow();
  }

  /// Learns of these devices of one's own, and that they are verified.
  void knows(Sharer... others) {
    tracking.track(List.of(account.user()));
    tracking.heard(List.of(account.user()), List.of());
    ObjectNode answer = Json.object();
    ObjectNode devices = answer.putObject("device_keys").putObject(account.user().value());
    devices.set(name(), account.deviceKeys());
    for (Sharer other : others) {
      devices.set(other.name(), other.account.deviceKeys());
      verified.add(other.name());
    }
    tracking.answered(tracking.query().orElseThrow(), answer);
  }

  /// Has its claim of a one-time key of another device answered, if it has made one.
  void claims(Sharer other) {
    Optional<KeysClaim> claim = channel.claim();
    if (claim.isPresent()) {
      Map.Entry<String, JsonNode> key = other.oneTimeKeys.properties().iterator().next();
      other.oneTimeKeys.remove(key.getKey());
      ObjectNode answer = Json.object();
      answer
          .putObject("one_time_keys")
          .putObject(other.account.user().value())
          .putObject(other.name())
          .set(key.getKey(), key.getValue());
      channel.claimed(claim.get(), answer);
      sharing.settle();
    }
  }

  /// What was sent to another device since the last time, as its sync has it.
  List<ObjectNode> outbox(Sharer to) {
    List<ObjectNode> events = new ArrayList<>();
    for (ToDevice request : queue.pending()) {
      ObjectNode messages =
          request.body().withObjectProperty("messages").withObjectProperty(account.user().value());
      JsonNode content = messages.remove(to.name());
      if (content != null) {
        ObjectNode event =
            Json.object().put("type", request.eventType()).put("sender", account.user().value());
        event.set("content", content);
        events.add(event);
      }
    }
    return events;
  }

  /// Delivers to another device what was sent to it.
  ///
  /// @return what it took
  List<SecretName> delivers(Sharer to) {
    return outbox(to).stream().flatMap(event -> to.hears(event).stream()).toList();
  }

  Optional<SecretName> hears(ObjectNode event) {
    if (event.path("type").stringValue().equals(SecretSharing.REQUEST)) {
      sharing.requested(new UserId(event.path("sender").stringValue()), event.path("content"));
      return Optional.empty();
    }
    return channel.decrypt(event) instanceof OlmOutcome.Decrypted decrypted
        ? sharing.received(decrypted.event())
        : Optional.empty();
  }

  @Override
  public Optional<SecretText> secret(SecretName name) {
    return Optional.ofNullable(secrets.get(name)).map(SecretText::of);
  }

  @Override
  public boolean take(SecretName name, SecretText secret) {
    boolean good = secret.text().equals(wanted);
    if (good) {
      secrets.put(name, secret.text());
    }
    return good;
  }

  @Override
  public void close() {
    channel.close();
    account.close();
    store.close();
  }
}
