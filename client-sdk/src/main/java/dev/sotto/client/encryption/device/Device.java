package dev.sotto.client.encryption.device;

import dev.sotto.client.engine.Curve25519Key;
import dev.sotto.client.engine.EngineException;
import dev.sotto.protocol.crypto.JsonSignatures;
import dev.sotto.protocol.crypto.VerifyKey;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
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
  private static final int MAX_LENGTH = 1 << 16;
  private static final int MAX_DEPTH = 20;

  /// The device that `keys` describe; empty if they are not those of this device, not signed by it,
  /// larger than any device's are, or of no use.
  public static Optional<Device> of(UserId user, DeviceId id, JsonNode keys) {
    return readable(keys).flatMap(json -> of(user, id, json));
  }

  private static Optional<Device> of(UserId user, DeviceId id, ObjectNode json) {
    if (!user.value().equals(json.path("user_id").stringValue(null))
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
      return Optional.of(new Device(user, id, Curve25519Key.ofBase64(curve25519), key, name, json));
    } catch (MatrixException | EngineException _) {
      return Optional.empty();
    }
  }

  /// Whether it sleeps at the server, so that nobody sits at it.
  ///
  /// @spec https://github.com/matrix-org/matrix-spec-proposals/pull/3814
  public boolean isDehydrated() {
    return json.path("dehydrated").asBoolean(false);
  }

  /// Whether it has the same keys. A device never changes them.
  public boolean hasKeysOf(Device other) {
    return curve25519.equals(other.curve25519) && ed25519.equals(other.ed25519);
  }

  /// A copy, if it can be read from a store again though it stands within something else there.
  private static Optional<ObjectNode> readable(JsonNode keys) {
    if (!keys.isObject() || isDeeperThan(MAX_DEPTH, keys)) {
      return Optional.empty();
    }
    try {
      byte[] written = Json.bytes(keys);
      return written.length > MAX_LENGTH
          ? Optional.empty()
          : Optional.of(Json.parseObject(written));
    } catch (MatrixException | JacksonException _) {
      return Optional.empty();
    }
  }

  private static boolean isDeeperThan(int depth, JsonNode json) {
    if (!json.isContainer()) {
      return false;
    }
    for (JsonNode child : json) {
      if (depth == 1 ? child.isContainer() : isDeeperThan(depth - 1, child)) {
        return true;
      }
    }
    return false;
  }
}
