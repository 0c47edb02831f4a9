package dev.sotto.homeserver.dehydration;

import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.devices.DeviceChanges;
import dev.sotto.homeserver.devices.Devices;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.journal.Transaction;
import dev.sotto.homeserver.keys.DeviceKeys;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import java.util.Optional;

/// Makes and removes dehydrated devices. Users are given by number, too.
///
/// @spec https://github.com/matrix-org/matrix-spec-proposals/pull/3814
public final class Dehydration {
  private final Journal journal;
  private final Devices devices;
  private final DeviceChanges deviceChanges;
  private final DeviceKeys deviceKeys;
  private final DehydratedDeviceStore store;

  public Dehydration(
      Database database,
      Journal journal,
      Devices devices,
      DeviceChanges deviceChanges,
      DeviceKeys deviceKeys) {
    this.journal = journal;
    this.devices = devices;
    this.deviceChanges = deviceChanges;
    this.deviceKeys = deviceKeys;
    this.store = new DehydratedDeviceStore(database.dialect());
  }

  /// Makes a user's dehydrated device with all its keys, in place of the former one, which goes
  /// with its keys and the messages for it. The same device again, from a client that did not get
  /// the answer, keeps what came for it since.
  ///
  /// @throws MatrixException `M_INVALID_PARAM` if the user is logged in on a device of this id, and
  ///   what [Devices#make] and [DeviceKeys#publish] throw; the former device stays then
  public void put(UserId user, long number, DehydratedUpload upload) {
    journal.change(
        transaction -> {
          if (!keepsFormer(transaction, number, upload)
              && !devices.make(transaction, number, upload.device(), upload.name())) {
            throw MatrixException.invalidParam("You are logged in on a device with this id.");
          }
          store.put(transaction.handle(), number, upload.device(), upload.data());
          deviceKeys.publish(transaction, user, number, upload.device(), upload.keys());
        });
  }

  /// Whether the device is there already; another one is removed.
  private boolean keepsFormer(Transaction transaction, long user, DehydratedUpload upload) {
    Optional<DehydratedDevice> former = store.find(transaction.handle(), user);
    if (former.isEmpty()) {
      return false;
    }
    DeviceId id = former.get().id();
    if (id.equals(upload.device())
        && deviceKeys.isPublished(transaction, user, id, upload.keys())) {
      return true;
    }
    deviceChanges.remove(transaction, user, id);
    return false;
  }

  /// Removes the user's dehydrated device with all that is kept for it; answers which it was.
  ///
  /// @throws MatrixException `M_NOT_FOUND` if there is none
  public DeviceId delete(long user) {
    return journal.write(
        transaction -> {
          DeviceId id =
              store
                  .find(transaction.handle(), user)
                  .map(DehydratedDevice::id)
                  .orElseThrow(() -> MatrixException.notFound("You have no dehydrated device."));
          deviceChanges.remove(transaction, user, id);
          return id;
        });
  }
}
