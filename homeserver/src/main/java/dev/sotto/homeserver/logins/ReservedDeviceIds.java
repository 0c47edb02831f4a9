package dev.sotto.homeserver.logins;

import dev.sotto.homeserver.journal.Transaction;
import dev.sotto.protocol.id.DeviceId;

/// Says which ids a session's device may not have, because a cross-signing key of its user has them
/// or a device that nobody is logged in on.
@FunctionalInterface
public interface ReservedDeviceIds {
  /// @param user the user's number
  boolean reserved(Transaction transaction, long user, DeviceId device);
}
