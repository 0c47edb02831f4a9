package dev.sotto.client.encryption.device;

import dev.sotto.client.engine.Curve25519Key;
import dev.sotto.client.engine.EngineException;
import dev.sotto.protocol.crypto.JsonSignatures;
import dev.sotto.protocol.crypto.VerifyKey;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Somebody's device by its public keys, which it has signed itself. Whether it is its user's is
/// not said by that.
///
/// @param displayName what its user, or whoever speaks for the server, calls it
/// @param json as the device signed it, with all signatures
/// @spec https://spec.matrix.org/v1.19/client-server-api/#device-keys
public record Device(
    UserId user,
    DeviceId id,
    Curve25519Key curve25519,
    VerifyKey ed25519,
    @Nullable String displayName,
    ObjectNode json) {

  /// The device that `keys` describe; empty if they are not those of this device, not signed by it,
  /// or of no use.
  public static Optional<Device> of(UserId user, DeviceId id, JsonNode keys) {
    if (!(keys instanceof ObjectNode json)
        || !user.value().equals(json.path("user_id").stringValue(null))
        || !id.value().equals(json.path("device_id").stringValue(null))) {
      return Optional.empty();
    }
    String curve25519 = json.path("keys").path("curve25519:" + id.value()).stringValue(null);
    String ed25519 = json.path("keys").path("ed25519:" + id.value()).stringValue(null);
    if (curve25519 == null || ed25519 == null) {
      return Optional.empty();
    }
    try {
      VerifyKey key = VerifyKey.ofBase64(ed25519);
      if (!JsonSignatures.verify(json, user.value(), "ed25519:" + id.value(), key)) {
        return Optional.empty();
      }
      String name = json.path("unsigned").path("device_display_name").stringValue(null);
      return Optional.of(
          new Device(user, id, Curve25519Key.ofBase64(curve25519), key, name, json.deepCopy()));
    } catch (MatrixException | EngineException _) {
      return Optional.empty();
    }
  }
}
