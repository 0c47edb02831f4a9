package dev.sotto.homeserver.logins;

import dev.sotto.protocol.id.DeviceId;

/// Says which ids a new device may not have, because a cross-signing key of its user has them.
@FunctionalInterface
public interface ReservedDeviceIds {
  /// @param user the user's number
  boolean reserved(long user, DeviceId device);
}
