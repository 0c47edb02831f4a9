package dev.sotto.homeserver.dehydration;

import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.devices.DeviceListener;
import dev.sotto.homeserver.journal.Transaction;
import dev.sotto.protocol.id.DeviceId;
import java.util.Optional;

/// The dehydrated devices that there are. Users are given by number.
public final class DehydratedDevices implements DeviceListener {
  private final Database database;
  private final DehydratedDeviceStore store;

  public DehydratedDevices(Database database) {
    this.database = database;
    this.store = new DehydratedDeviceStore(database.dialect());
  }

  public Optional<DehydratedDevice> find(long user) {
    return database.read(handle -> store.find(handle, user));
  }

  /// Whether the user's dehydrated device has this id, so that nobody may log in on it: the one who
  /// did would take the messages that wait for it.
  public boolean reserves(Transaction transaction, long user, DeviceId device) {
    return store
        .find(transaction.handle(), user)
        .filter(dehydrated -> dehydrated.id().equals(device))
        .isPresent();
  }

  /// Forgets what is kept of a device that is going.
  @Override
  public void removed(Transaction transaction, long user, DeviceId device) {
    store.delete(transaction.handle(), user, device);
  }
}
