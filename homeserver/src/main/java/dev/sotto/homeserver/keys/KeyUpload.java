package dev.sotto.homeserver.keys;

import dev.sotto.homeserver.blindness.Gate;
import dev.sotto.protocol.crypto.VerifyKey;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a device publishes: its identity keys, which it signed itself, one-time and fallback keys.
///
/// @param deviceKeys null if they stay as they are
/// @param fallbackKeys at most one for each algorithm
public record KeyUpload(
    @Nullable ObjectNode deviceKeys, List<OneTimeKey> oneTimeKeys, List<OneTimeKey> fallbackKeys) {
  private static final int MAX_DEVICE_KEYS_BYTES = 16_384;

  /// Reads the body of `/keys/upload` and asks the gate for each key.
  ///
  /// @throws MatrixException `M_BAD_JSON` or `M_INVALID_PARAM` if it has a wrong form or names
  ///   another user or device, `M_INVALID_SIGNATURE` if the device did not sign its identity keys
  public static KeyUpload of(ObjectNode body, UserId user, DeviceId device, Gate gate) {
    JsonNode deviceKeys = body.get("device_keys");
    if (deviceKeys != null && !(deviceKeys instanceof ObjectNode)) {
      throw MatrixException.badJson("'device_keys' must be an object.");
    }
    ObjectNode identity = null;
    if (deviceKeys instanceof ObjectNode given) {
      check(given, user, device);
      identity = gate.admitDeviceKeys(given);
    }
    OneTimeKey.Reader reader =
        (name, json) -> {
          OneTimeKey key = OneTimeKey.of(name, json);
          return key.withJson(gate.admitOneTimeKey(user, device, name, json));
        };
    List<OneTimeKey> fallbackKeys = keys(body, "fallback_keys", reader);
    if (fallbackKeys.stream().map(OneTimeKey::algorithm).collect(Collectors.toSet()).size()
        < fallbackKeys.size()) {
      throw MatrixException.invalidParam("There can be one fallback key for each algorithm only.");
    }
    return new KeyUpload(identity, keys(body, "one_time_keys", reader), fallbackKeys);
  }

  /// Reads what is uploaded for a new device, of which all keys come at once.
  ///
  /// @throws MatrixException as [#of], and `M_MISSING_PARAM` if the identity keys are missing,
  ///   `M_INVALID_SIGNATURE` if the device did not sign a key
  public static KeyUpload ofNewDevice(ObjectNode body, UserId user, DeviceId device, Gate gate) {
    KeyUpload upload = of(body, user, device, gate);
    if (upload.deviceKeys == null) {
      throw new MatrixException(ErrorCode.M_MISSING_PARAM, "'device_keys' is missing.");
    }
    upload.requireSigned(user, device, upload.deviceKeys);
    return upload;
  }

  /// @param identity the device's identity keys
  /// @throws MatrixException `M_INVALID_SIGNATURE` if the device did not sign a key that must be
  void requireSigned(UserId user, DeviceId device, ObjectNode identity) {
    VerifyKey signingKey = KeyObjects.signingKey(identity, device.value());
    for (List<OneTimeKey> keys : List.of(oneTimeKeys, fallbackKeys)) {
      for (OneTimeKey key : keys) {
        if (key.json() instanceof ObjectNode json
            && (signingKey == null
                || !KeyObjects.isSigned(json, user, KeyObjects.ED25519 + device, signingKey))) {
          throw KeyObjects.badSignature("The key " + key.name() + " is not signed by the device.");
        }
      }
    }
  }

  private static void check(ObjectNode keys, UserId user, DeviceId device) {
    if (!KeyObjects.string(keys, "user_id").equals(user.value())
        || !KeyObjects.string(keys, "device_id").equals(device.value())) {
      throw MatrixException.badJson("'device_keys' must name your own user and device.");
    }
    KeyObjects.strings(keys, "algorithms");
    if (!(keys.get("signatures") instanceof ObjectNode)) {
      throw MatrixException.badJson("'signatures' must be an object.");
    }
    Map<String, String> publicKeys = KeyObjects.stringMap(keys, "keys");
    String signingKeyId = KeyObjects.ED25519 + device;
    String curveKey = publicKeys.get("curve25519:" + device);
    if (!KeyObjects.isKey(publicKeys.getOrDefault(signingKeyId, ""))
        || curveKey != null && !KeyObjects.isKey(curveKey)) {
      throw MatrixException.invalidParam(
          "'keys' must hold the device's Ed25519 key, in unpadded base64 like all keys.");
    }
    if (keys.toString().length() > MAX_DEVICE_KEYS_BYTES) {
      throw MatrixException.tooLarge("'device_keys' is too large.");
    }
    var signingKey = KeyObjects.signingKey(keys, device.value());
    if (signingKey == null || !KeyObjects.isSigned(keys, user, signingKeyId, signingKey)) {
      throw KeyObjects.badSignature("The device keys are not signed by the device itself.");
    }
  }

  private static List<OneTimeKey> keys(ObjectNode body, String name, OneTimeKey.Reader reader) {
    JsonNode given = body.get(name);
    if (given == null || given.isNull()) {
      return List.of();
    }
    if (!(given instanceof ObjectNode members)) {
      throw MatrixException.badJson("'" + name + "' must be an object.");
    }
    List<OneTimeKey> keys = new ArrayList<>(members.size());
    members.properties().forEach(key -> keys.add(reader.read(key.getKey(), key.getValue())));
    return keys;
  }

  boolean isEmpty() {
    return deviceKeys == null && oneTimeKeys.isEmpty() && fallbackKeys.isEmpty();
  }
}
