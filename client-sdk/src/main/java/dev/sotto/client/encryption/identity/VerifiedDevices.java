package dev.sotto.client.encryption.identity;

import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.store.Change;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.client.store.Shelf;
import dev.sotto.protocol.crypto.VerifyKey;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// The devices that were verified themselves, here, each as one of the identity that its owner had
/// then: to make a new identity is how a user gets rid of devices, so it has to count here as well.
/// There are as many as people took the trouble for, so they are all at hand.
final class VerifiedDevices {
  private static final String GROUP = "devices";
  private static final String OWNER = "owner";

  private final CryptoStore store;
  private final Map<Place, Verified> verified = new HashMap<>();

  private record Place(UserId user, DeviceId device) {
    private static Place of(Device device) {
      return new Place(device.user(), device.id());
    }
  }

  /// @param owner the master key of the device's owner, who may have had none
  private record Verified(VerifyKey fingerprint, Optional<VerifyKey> owner) {}

  VerifiedDevices(CryptoStore store) {
    this.store = store;
    for (byte[] kept : store.group(Shelf.IDENTITIES, GROUP).values()) {
      ObjectNode json = Json.parseObject(kept);
      verified.put(
          new Place(
              new UserId(json.path("user").stringValue()),
              new DeviceId(json.path("device").stringValue())),
          new Verified(
              VerifyKey.ofBase64(json.path("key").stringValue()),
              json.path(OWNER).stringValueOpt().map(VerifyKey::ofBase64)));
    }
  }

  /// @param owner the master key that the device's owner has now
  boolean contains(Device device, Optional<VerifyKey> owner) {
    return new Verified(device.ed25519(), owner).equals(verified.get(Place.of(device)));
  }

  /// @param owner the master key that the device's owner has now
  void add(Device device, Optional<VerifyKey> owner) {
    ObjectNode json =
        Json.object()
            .put("user", device.user().value())
            .put("device", device.id().value())
            .put("key", device.ed25519().base64());
    owner.ifPresent(key -> json.put(OWNER, key.base64()));
    // No id contains a line break.
    String name = device.user().value() + "\n" + device.id().value();
    store.apply(List.of(new Change.Put(Shelf.IDENTITIES, GROUP, name, Json.bytes(json))));
    verified.put(Place.of(device), new Verified(device.ed25519(), owner));
  }
}
