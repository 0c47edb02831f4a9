package dev.sotto.client;

import dev.sotto.client.encryption.KeyServer;
import dev.sotto.client.encryption.OwnDevice;
import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.encryption.request.OutgoingRequest;
import dev.sotto.client.encryption.request.OutgoingRequest.BackupVersionQuery;
import dev.sotto.client.encryption.request.OutgoingRequest.KeysQuery;
import dev.sotto.client.store.Change;
import dev.sotto.client.store.Shelf;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.json.Json;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// Keys to the history of a sandbox's room that Alice has left for its machine, and that are to be
/// fetched: her invitation was accepted.
final class OfferedHistory {
  private final KeyServer keys = new KeyServer(OwnDevice.ALICE);

  OfferedHistory(Sandbox sandbox) {
    sandbox.machine.history().joined(Sandbox.ROOM, OwnDevice.ALICE);
    try (OwnDevice alice = new OwnDevice(keys, "PHONE")) {
      OwnDevice.settle(alice);
      alice.machine.crossSigning().bootstrap();
      OwnDevice.settle(alice);
      offer(sandbox, alice.machine.devices(OwnDevice.ALICE).iterator().next());
    }
    for (OutgoingRequest request : sandbox.machine.outgoing()) {
      switch (request) {
        case KeysQuery query -> sandbox.machine.sent(query.id(), devices(query));
        case BackupVersionQuery query -> sandbox.machine.refused(query.id(), "M_NOT_FOUND");
        default -> sandbox.machine.sent(request.id(), Json.object());
      }
    }
  }

  private static void offer(Sandbox sandbox, Device from) {
    ObjectNode offer = Json.object().put("sender_key", from.curve25519().base64()).put("at", 0);
    ObjectNode file = offer.putObject("file").put("url", "mxc://example.org/keys").put("v", "v2");
    file.putObject("key").put("kty", "oct").put("alg", "A256CTR").put("k", "A".repeat(43));
    file.put("iv", "A".repeat(22)).putObject("hashes").put("sha256", "A".repeat(43));
    String name = Sandbox.ROOM + " " + OwnDevice.ALICE;
    sandbox.machineStore.apply(
        List.of(new Change.Put(Shelf.STATE, "megolm.bundles", name, Json.bytes(offer))));
  }

  private ObjectNode devices(KeysQuery query) {
    return keys.answer(new DeviceId("DEVICE"), query);
  }

  /// As the server answers whoever asks for Alice's devices.
  ObjectNode devices() {
    return devices(new KeysQuery("query", Json.object()));
  }
}
