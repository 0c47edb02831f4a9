package dev.sotto.client.encryption.olm;

import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.encryption.device.OwnAccount;
import dev.sotto.client.encryption.request.OutgoingRequest.KeysClaim;
import dev.sotto.client.encryption.request.RequestIds;
import dev.sotto.client.engine.Curve25519Key;
import dev.sotto.client.engine.EngineException;
import dev.sotto.client.memory.Recent;
import dev.sotto.client.store.Change;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.protocol.crypto.JsonSignatures;
import dev.sotto.protocol.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Begins sessions with other devices, by the one-time keys that the server gives out for them. Not
/// for several threads.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keysclaim
final class SessionClaims {
  private static final String ALGORITHM = "signed_curve25519";
  private static final int MAX_DEVICES_OF_REQUEST = 500;
  private static final int MAX_UNREACHABLE = 20_000;

  private static final int MAX_SILENT_SERVERS = 1_000;

  /// How long no device of a server is claimed a key of after it did not answer.
  private static final Duration PAUSE_OF_SERVER = Duration.ofMinutes(5);

  /// How long a device is left alone after the server had no key for it.
  private static final Duration PAUSE = Duration.ofMinutes(15);

  private final CryptoStore store;
  private final OwnAccount account;
  private final OlmSessions sessions;
  private final RequestIds ids;
  private final InstantSource clock;
  private final Map<DeviceKey, Device> wanted = new LinkedHashMap<>();
  private final Recent<DeviceKey, Unreachable> unreachable = new Recent<>(MAX_UNREACHABLE);

  // Those that did not answer: whoever has new devices all the time would else be waited for each
  // time.
  private final Recent<String, Instant> silentServers = new Recent<>(MAX_SILENT_SERVERS);
  private int mostDevices = MAX_DEVICES_OF_REQUEST;
  private @Nullable Claim underWay;

  /// @param alone whether there was no answer of use when only this device's key was claimed, so
  ///   that it would spoil the answer for others
  private record Unreachable(Instant since, boolean alone) {}

  private record Claim(KeysClaim request, List<Device> devices) {}

  SessionClaims(
      CryptoStore store,
      OwnAccount account,
      OlmSessions sessions,
      RequestIds ids,
      InstantSource clock) {
    this.store = store;
    this.account = account;
    this.sessions = sessions;
    this.ids = ids;
    this.clock = clock;
  }

  void want(Device device) {
    if (!isUnreachable(device)) {
      wanted.put(DeviceKey.of(device), device);
    }
  }

  boolean isUnreachable(Device device) {
    Unreachable found = unreachable.get(DeviceKey.of(device));
    return found != null && clock.instant().isBefore(found.since.plus(PAUSE))
        || isSilent(device.user().server().value());
  }

  private boolean isSilent(String server) {
    Instant since = silentServers.get(server);
    return since != null && clock.instant().isBefore(since.plus(PAUSE_OF_SERVER));
  }

  private boolean isClaimedAlone(Device device) {
    Unreachable found = unreachable.get(DeviceKey.of(device));
    return found != null && found.alone;
  }

  /// The device is there: it has just written.
  void heardOf(DeviceKey device) {
    unreachable.remove(device);
  }

  Optional<KeysClaim> claim() {
    if (underWay != null || wanted.isEmpty()) {
      return Optional.empty();
    }
    List<Device> devices =
        wanted.values().stream()
            .filter(device -> !isClaimedAlone(device))
            .limit(mostDevices)
            .toList();
    if (devices.isEmpty()) {
      devices = wanted.values().stream().limit(1).toList();
    }
    // Others' servers are not waited for any longer; who did not answer is asked again.
    ObjectNode body = Json.object().put("timeout", 10_000);
    ObjectNode keys = body.putObject("one_time_keys");
    for (Device device : devices) {
      keys.withObjectProperty(device.user().value()).put(device.id().value(), ALGORITHM);
    }
    KeysClaim request = new KeysClaim(ids.next(), body);
    underWay = new Claim(request, devices);
    return Optional.of(request);
  }

  /// Makes the sessions that the answer allows.
  ///
  /// @return the devices that there is a new session with
  List<Device> claimed(KeysClaim request, ObjectNode answer) {
    Claim claim = underWay;
    if (claim == null || !claim.request.equals(request)) {
      return List.of();
    }
    underWay = null;
    mostDevices = Math.min(2 * mostDevices, MAX_DEVICES_OF_REQUEST);
    List<Device> reached = new ArrayList<>();
    List<Change> changes = new ArrayList<>();
    for (Device device : claim.devices) {
      wanted.remove(DeviceKey.of(device));
      JsonNode keys =
          answer.path("one_time_keys").path(device.user().value()).path(device.id().value());
      Optional<Curve25519Key> key = verified(device, keys);
      if (key.isPresent()) {
        changes.addAll(
            sessions.add(
                DeviceKey.of(device),
                account.keys().createOutbound(device.curve25519(), key.get())));
        reached.add(device);
        unreachable.remove(DeviceKey.of(device));
      } else {
        String server = device.user().server().value();
        if (answer.path("failures").has(server)) {
          silentServers.put(server, clock.instant());
        }
        unreachable.put(DeviceKey.of(device), new Unreachable(clock.instant(), false));
      }
    }
    if (!changes.isEmpty()) {
      store.apply(changes);
    }
    return reached;
  }

  /// The first key that the device has signed.
  private static Optional<Curve25519Key> verified(Device device, JsonNode keys) {
    for (Map.Entry<String, JsonNode> entry : keys.properties()) {
      if (entry.getKey().startsWith(ALGORITHM + ":")
          && entry.getValue() instanceof ObjectNode key
          && JsonSignatures.verify(
              key, device.user().value(), "ed25519:" + device.id().value(), device.ed25519())) {
        try {
          return Optional.of(Curve25519Key.ofBase64(key.path("key").asString("")));
        } catch (EngineException _) {
          // Signed, but no key: the next one may be.
        }
      }
    }
    return Optional.empty();
  }

  /// There is no answer that can be used: keys of half as many devices are claimed next, and a
  /// device that spoils the answer alone is left alone for a while.
  void unusable(KeysClaim request) {
    Claim claim = underWay;
    if (claim == null || !claim.request.equals(request)) {
      return;
    }
    underWay = null;
    if (claim.devices.size() > 1) {
      mostDevices = claim.devices.size() / 2;
    } else {
      DeviceKey device = DeviceKey.of(claim.devices.getFirst());
      wanted.remove(device);
      unreachable.put(device, new Unreachable(clock.instant(), true));
    }
  }

  /// The request was not answered; it is made again.
  void failed(KeysClaim request) {
    if (underWay != null && underWay.request.equals(request)) {
      underWay = null;
    }
  }
}
