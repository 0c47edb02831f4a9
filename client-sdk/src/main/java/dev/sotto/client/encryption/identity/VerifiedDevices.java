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
import tools.jackson.databind.node.ObjectNode;

/// The devices that were verified themselves, here. There are as many as people took the trouble
/// for, so they are all at hand.
final class VerifiedDevices {
  private static final String GROUP = "devices";

  private final CryptoStore store;
  private final Map<Place, VerifyKey> fingerprints = new HashMap<>();

  private record Place(UserId user, DeviceId device) {}

  VerifiedDevices(CryptoStore store) {
    this.store = store;
    for (byte[] kept : store.group(Shelf.IDENTITIES, GROUP).values()) {
      ObjectNode json = Json.parseObject(kept);
      fingerprints.put(
          new Place(
              new UserId(json.path("user").stringValue()),
              new DeviceId(json.path("device").stringValue())),
          VerifyKey.ofBase64(json.path("key").stringValue()));
    }
  }

  boolean contains(Device device) {
    VerifyKey verified = fingerprints.get(new Place(device.user(), device.id()));
    return verified != null && verified.equals(device.ed25519());
  }

  void add(Device device) {
    ObjectNode json =
        Json.object()
            .put("user", device.user().value())
            .put("device", device.id().value())
            .put("key", device.ed25519().base64());
    // No id contains a line break.
    String name = device.user().value() + "\n" + device.id().value();
    store.apply(List.of(new Change.Put(Shelf.IDENTITIES, GROUP, name, Json.bytes(json))));
    fingerprints.put(new Place(device.user(), device.id()), device.ed25519());
  }
}
