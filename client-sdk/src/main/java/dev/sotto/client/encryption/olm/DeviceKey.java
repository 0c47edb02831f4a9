package dev.sotto.client.encryption.olm;

import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.engine.Curve25519Key;
import dev.sotto.client.engine.EngineException;
import dev.sotto.protocol.id.UserId;

/// Whom a session is with. The key alone would not do: anybody can sign a device as their own that
/// shows somebody else's.
record DeviceKey(UserId user, Curve25519Key key) {
  static DeviceKey of(Device device) {
    return new DeviceKey(device.user(), device.curve25519());
  }

  /// Of a key that was kept as base64.
  static DeviceKey of(UserId user, String key) {
    try {
      return new DeviceKey(user, Curve25519Key.ofBase64(key));
    } catch (EngineException e) {
      throw new IllegalStateException("A key cannot be read from the store.", e);
    }
  }

  /// As the store has it.
  String name() {
    return user + " " + key.base64();
  }
}
