package dev.sotto.homeserver.dehydration;

import dev.sotto.homeserver.blindness.Gate;
import dev.sotto.homeserver.keys.KeyUpload;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// A dehydrated device as a client uploads it, whole.
///
/// @param data its private keys, encrypted
/// @param name its display name
/// @param keys all that it publishes
public record DehydratedUpload(
    DeviceId device, ObjectNode data, @Nullable String name, KeyUpload keys) {
  /// Far more than the private keys of fifty one-time keys take.
  private static final int MAX_DATA_LENGTH = 65_536;

  private record Body(
      String deviceId, ObjectNode deviceData, @Nullable String initialDeviceDisplayName) {}

  /// Reads the body of an upload and asks the gate for each part.
  ///
  /// @throws MatrixException `M_BAD_JSON`, `M_MISSING_PARAM` or `M_INVALID_PARAM` if it has a wrong
  ///   form or names another user or device, `M_TOO_LARGE`, `M_INVALID_SIGNATURE` if the device did
  ///   not sign its keys; what the gate throws
  public static DehydratedUpload of(ObjectNode json, UserId user, Gate gate) {
    Body body = Json.bind(json, Body.class);
    if (body.deviceData.toString().length() > MAX_DATA_LENGTH) {
      throw MatrixException.tooLarge(
          "'device_data' may have at most " + MAX_DATA_LENGTH + " characters.");
    }
    if (!body.deviceData.path("algorithm").isString()) {
      throw MatrixException.badJson("'device_data' must have an 'algorithm'.");
    }
    DeviceId device = new DeviceId(body.deviceId);
    return new DehydratedUpload(
        device,
        gate.admitDehydrated(body.deviceData),
        body.initialDeviceDisplayName,
        KeyUpload.ofNewDevice(json, user, device, gate));
  }
}
