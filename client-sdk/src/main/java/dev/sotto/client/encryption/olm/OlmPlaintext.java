package dev.sotto.client.encryption.olm;

import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.encryption.device.DeviceTracking;
import dev.sotto.client.encryption.device.OwnAccount;
import dev.sotto.client.engine.Curve25519Key;
import dev.sotto.protocol.crypto.UnpaddedBase64;
import dev.sotto.protocol.crypto.VerifyKey;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What stands in an Olm message beside the content: who writes to whom, which is checked.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#definition-olmpayload
final class OlmPlaintext {
  private static final int MAX_TYPE_LENGTH = 255;

  private final OwnAccount account;
  private final DeviceTracking devices;

  OlmPlaintext(OwnAccount account, DeviceTracking devices) {
    this.account = account;
    this.devices = devices;
  }

  ObjectNode write(Device to, String type, ObjectNode content) {
    ObjectNode json = Json.object();
    json.put("type", type);
    json.set("content", content);
    json.put("sender", account.user().value());
    json.put("recipient", to.user().value());
    json.putObject("recipient_keys").put("ed25519", encode(to.ed25519()));
    json.putObject("keys").put("ed25519", encode(account.keys().ed25519Key()));
    json.set("sender_device_keys", ownDeviceKeys());
    return json;
  }

  /// As the server has them where it does, since those are signed by the user's own identity.
  private ObjectNode ownDeviceKeys() {
    Device published = devices.devices(account.user()).get(account.device());
    if (published == null
        || !published.curve25519().equals(account.keys().curve25519Key())
        || !published.ed25519().equals(account.keys().ed25519Key())) {
      return account.deviceKeys();
    }
    ObjectNode json = published.json().deepCopy();
    json.remove("unsigned");
    return json;
  }

  private static String encode(VerifyKey key) {
    return UnpaddedBase64.encode(key.bytes());
  }

  /// What the message says; empty if it is not from who it is said to be from, or not for us.
  Optional<OlmEvent> read(UserId sender, Curve25519Key senderKey, byte[] plaintext) {
    try {
      return read(sender, senderKey, Json.parseObject(plaintext));
    } catch (MatrixException _) {
      return Optional.empty();
    }
  }

  private Optional<OlmEvent> read(UserId sender, Curve25519Key senderKey, ObjectNode json) {
    String type = json.path("type").asString("");
    if (!sender.value().equals(json.path("sender").asString(""))
        || !account.user().value().equals(json.path("recipient").asString(""))
        || !encode(account.keys().ed25519Key())
            .equals(json.path("recipient_keys").path("ed25519").asString(""))
        || type.isEmpty()
        || type.length() > MAX_TYPE_LENGTH
        || !(json.path("content") instanceof ObjectNode content)) {
      return Optional.empty();
    }
    VerifyKey fingerprint = VerifyKey.ofBase64(json.path("keys").path("ed25519").asString(""));
    JsonNode claimed = json.path("sender_device_keys");
    Optional<Device> said = Optional.empty();
    if (!claimed.isMissingNode()) {
      said = device(sender, claimed);
      if (said.isEmpty() || !isOf(said.get(), senderKey, fingerprint)) {
        return Optional.empty();
      }
    }
    Optional<Device> known =
        devices.devices(sender).values().stream()
            .filter(device -> device.curve25519().equals(senderKey))
            .findFirst();
    if (known.isPresent() && !isOf(known.get(), senderKey, fingerprint)
        || said.isPresent() && contradicts(said.get())) {
      return Optional.empty();
    }
    Optional<Device> device = known.isPresent() ? known : said;
    return Optional.of(
        new OlmEvent(sender, senderKey, fingerprint, device, said.isPresent(), type, content));
  }

  private static Optional<Device> device(UserId sender, JsonNode keys) {
    String id = keys.path("device_id").asString("");
    return id.isEmpty() ? Optional.empty() : Device.of(sender, new DeviceId(id), keys);
  }

  private static boolean isOf(Device device, Curve25519Key curve25519, VerifyKey ed25519) {
    return device.curve25519().equals(curve25519) && device.ed25519().equals(ed25519);
  }

  /// Whether a device is known by the same id with other keys: keys of a device never change.
  private boolean contradicts(Device said) {
    Device known = devices.devices(said.user()).get(said.id());
    return known != null && !isOf(known, said.curve25519(), said.ed25519());
  }
}
