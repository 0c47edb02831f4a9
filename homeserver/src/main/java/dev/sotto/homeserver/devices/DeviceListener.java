package dev.sotto.homeserver.devices;

import dev.sotto.homeserver.journal.Transaction;
import dev.sotto.protocol.id.DeviceId;

/// Hears of changes to devices while they are made, so that what hangs on a device changes in the
/// same transaction. Each method runs on the journal's thread and must touch nothing but the
/// transaction.
public interface DeviceListener {
  /// A device is going: its keys, its undelivered messages and the like must go too, and whoever
  /// shares a room with the user must hear of it.
  ///
  /// @param user the number of the device's user
  void removed(Transaction transaction, long user, DeviceId device);

  /// A device has another display name, which others see beside its keys.
  ///
  /// @param user the number of the device's user
  default void renamed(Transaction transaction, long user, DeviceId device) {}
}
