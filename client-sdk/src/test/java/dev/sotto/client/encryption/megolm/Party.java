package dev.sotto.client.encryption.megolm;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.encryption.device.DeviceTracking;
import dev.sotto.client.encryption.device.OneTimeKeys;
import dev.sotto.client.encryption.device.OwnAccount;
import dev.sotto.client.encryption.identity.DeviceTrust;
import dev.sotto.client.encryption.olm.OlmChannel;
import dev.sotto.client.encryption.olm.OlmEvent;
import dev.sotto.client.encryption.olm.OlmOutcome;
import dev.sotto.client.encryption.olm.ToDeviceQueue;
import dev.sotto.client.encryption.request.OutgoingRequest.KeysClaim;
import dev.sotto.client.encryption.request.OutgoingRequest.KeysQuery;
import dev.sotto.client.encryption.request.OutgoingRequest.ToDevice;
import dev.sotto.client.encryption.request.RequestIds;
import dev.sotto.client.store.Change;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.client.store.Shelf;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A device with room keys, and what the server would have of it.
final class Party implements AutoCloseable {
  static final RoomId ROOM = new RoomId("!room:a.org");
  private static final SecureRandom RANDOM = new SecureRandom();

  final UserId user;
  final DeviceId id;
  final CryptoStore store;
  final OwnAccount account;
  final DeviceTracking tracking;
  final ToDeviceQueue queue;
  final OlmChannel channel;
  final RoomKeys keys;

  /// What this party thinks of others' devices; SIGNED where it is not said.
  final Map<DeviceId, DeviceTrust> trust = new HashMap<>();

  /// Devices that the server has no one-time keys of.
  final Set<DeviceId> withoutKeys = new HashSet<>();

  Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private ObjectNode oneTimeKeys = Json.object();
  private int lastEvent;

  Party(String user, String device, CryptoStore store) {
    this.user = new UserId(user);
    this.id = new DeviceId(device);
    this.store = store;
    RequestIds ids = new RequestIds(RANDOM);
    account = OwnAccount.open(store, this.user, id, RANDOM, () -> now, ids);
    tracking = new DeviceTracking(store, ids, () -> now);
    queue = new ToDeviceQueue(store, ids);
    channel = new OlmChannel(store, account, tracking, queue, ids, () -> now);
    keys = new RoomKeys(store, account, channel, queue, tracking, this::trustIn, () -> now, ids);
    if (!store.group(Shelf.STATE, "party").containsKey("published")) {
      publish();
      store.apply(List.of(new Change.Put(Shelf.STATE, "party", "published", new byte[0])));
    }
  }

  private DeviceTrust trustIn(Device device) {
    return trust.getOrDefault(device.id(), DeviceTrust.SIGNED);
  }

  private void publish() {
    oneTimeKeys.setAll(OneTimeKeys.leftBy(account));
  }

  void passes(Duration time) {
    now = now.plus(time);
  }

  Device device() {
    return Device.of(user, id, account.deviceKeys()).orElseThrow();
  }

  /// Learns that these are all the devices of their users, as by `/keys/query`.
  void knows(Party... others) {
    Set<UserId> users = new HashSet<>();
    ObjectNode answer = Json.object();
    ObjectNode devices = answer.putObject("device_keys");
    for (Party other : others) {
      users.add(other.user);
      devices
          .withObjectProperty(other.user.value())
          .set(other.id.value(), other.account.deviceKeys());
    }
    tracking.track(users);
    tracking.heard(users, List.of());
    KeysQuery query = tracking.query().orElseThrow();
    tracking.answered(query, answer);
    keys.devicesChanged(users);
  }

  /// Has what it wants to claim answered by those of these parties that have keys.
  void claims(Party... others) {
    Optional<KeysClaim> claim = channel.claim();
    if (claim.isEmpty()) {
      return;
    }
    ObjectNode answer = Json.object();
    ObjectNode found = answer.putObject("one_time_keys");
    for (Party other : others) {
      JsonNode wanted = claim.get().body().path("one_time_keys");
      if (wanted.path(other.user.value()).has(other.id.value())
          && !withoutKeys.contains(other.id)) {
        String key = other.oneTimeKeys.propertyNames().iterator().next();
        found
            .withObjectProperty(other.user.value())
            .putObject(other.id.value())
            .set(key, other.oneTimeKeys.remove(key));
      }
    }
    channel.claimed(claim.get(), answer);
    keys.proceed();
  }

  /// Begins sessions with these devices.
  void reaches(Party... others) {
    for (Party other : others) {
      channel.want(List.of(other.device()));
    }
    claims(others);
  }

  /// Sends all that waits; each of these parties hears what is for it.
  ///
  /// @return the types of the events that they heard, those that were encrypted by what they were
  List<String> delivers(Party... others) {
    List<String> types = new ArrayList<>();
    for (ToDevice request : queue.pending()) {
      queue.sent(request);
      for (Party other : others) {
        JsonNode messages = request.body().path("messages").path(other.user.value());
        if (messages.get(other.id.value()) instanceof ObjectNode content) {
          types.add(other.receives(event(request.eventType(), content)));
        }
      }
    }
    return types;
  }

  /// Hears an event to this device, and says what type it was of.
  String receives(ObjectNode event) {
    if (!event.path("type").asString("").equals(OlmChannel.ENCRYPTED)) {
      keys.heardInClear(event);
      return event.path("type").asString("");
    }
    if (!(channel.decrypt(event) instanceof OlmOutcome.Decrypted decrypted)) {
      throw new AssertionError("the event cannot be decrypted");
    }
    keys.heard(decrypted.event());
    return decrypted.event().type();
  }

  /// Shares the room's key with these devices, after reaching those it can.
  Sharing shares(Party... with) {
    List<Device> devices = Stream.of(with).map(Party::device).toList();
    Sharing sharing = keys.outbound().share(ROOM, devices);
    if (!(sharing instanceof Sharing.Waiting)) {
      return sharing;
    }
    claims(with);
    return keys.outbound().share(ROOM, devices);
  }

  /// Writes to a room that these devices are in, and has them get what they need to read it.
  ObjectNode writes(String text, Party... others) {
    assertInstanceOf(Sharing.Ready.class, shares(others));
    delivers(others);
    return encrypts(text);
  }

  ObjectNode encrypts(String text) {
    ObjectNode content = Json.object().put("body", text);
    return event("m.room.encrypted", keys.outbound().encrypt(ROOM, "m.room.message", content));
  }

  /// Reads what a message says, or why it cannot be read.
  String text(ObjectNode event) {
    try {
      return reads(event).content().path("body").asString("");
    } catch (DecryptionException e) {
      // The code stands in parentheses, if there is one.
      String why = String.valueOf(e.getMessage());
      int code = why.indexOf('(') + 1;
      return e.cause() + (code > 0 ? " " + why.substring(code, why.indexOf(')')) : "");
    }
  }

  void encryptsRoom() {
    keys.rooms().heard(ROOM, Json.object().put("algorithm", "m.megolm.v1.aes-sha2"));
  }

  /// What another device hears when this one sends it something through Olm.
  OlmEvent says(String type, ObjectNode content) {
    return new OlmEvent(
        user,
        account.keys().curve25519Key(),
        account.keys().ed25519Key(),
        Optional.of(device()),
        true,
        type,
        content);
  }

  /// An event by this user, as others' syncs have it.
  ObjectNode event(String type, ObjectNode content) {
    lastEvent++;
    ObjectNode event =
        Json.object()
            .put("type", type)
            .put("sender", user.value())
            .put("event_id", "$" + user.localpart() + lastEvent)
            .put("origin_server_ts", now.toEpochMilli() + lastEvent);
    event.set("content", content);
    return event;
  }

  DecryptedEvent reads(ObjectNode event) throws DecryptionException {
    return keys.decryption().decrypt(ROOM, event);
  }

  /// This device in a later process.
  Party restarted() {
    return restarted(store);
  }

  Party restarted(CryptoStore with) {
    close();
    Party later = new Party(user.value(), id.value(), with);
    later.trust.putAll(trust);
    later.now = now;
    later.lastEvent = lastEvent;
    later.oneTimeKeys = oneTimeKeys;
    later.withoutKeys.addAll(withoutKeys);
    return later;
  }

  @Override
  public void close() {
    keys.close();
    channel.close();
    account.close();
  }
}
