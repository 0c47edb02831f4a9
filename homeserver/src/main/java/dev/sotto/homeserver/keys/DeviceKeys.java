package dev.sotto.homeserver.keys;

import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.devices.DeviceListener;
import dev.sotto.homeserver.devices.Devices;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.journal.Transaction;
import dev.sotto.homeserver.keys.CrossSigningKey.Usage;
import dev.sotto.homeserver.names.Users;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Takes in the keys that devices publish, and forgets those of devices that go.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#uploading-keys
public final class DeviceKeys implements DeviceListener {
  private final Database database;
  private final Journal journal;
  private final Users users;
  private final Devices devices;
  private final DeviceLists deviceLists;
  private final OneTimeKeys oneTimeKeys;
  private final DeviceKeyStore store;
  private final CrossSigningStore crossSigning;

  DeviceKeys(
      Database database,
      Journal journal,
      Users users,
      Devices devices,
      DeviceLists deviceLists,
      OneTimeKeys oneTimeKeys) {
    this.database = database;
    this.journal = journal;
    this.users = users;
    this.devices = devices;
    this.deviceLists = deviceLists;
    this.oneTimeKeys = oneTimeKeys;
    this.store = new DeviceKeyStore(database.dialect());
    this.crossSigning = new CrossSigningStore(database.dialect());
  }

  /// Publishes what a device uploads, and answers how many one-time keys of each algorithm wait for
  /// a claim then.
  ///
  /// @throws MatrixException `M_INVALID_SIGNATURE` if a one-time key is not signed by the device,
  ///   `M_INVALID_PARAM` if its name stands for another key, `M_FORBIDDEN` if the device is named
  ///   like one of the user's cross-signing keys
  public Map<String, Long> upload(UserId user, DeviceId device, KeyUpload upload) {
    long number = users.number(user);
    if (upload.isEmpty()) {
      return oneTimeKeys.counts(number, device);
    }
    ObjectNode identity =
        upload.deviceKeys() != null
            ? upload.deviceKeys()
            : database.read(handle -> store.ofUser(handle, number).get(device.value()));
    if (identity != null) {
      upload.requireSigned(user, device, identity);
    }
    return journal.write(
        transaction -> {
          requireDevice(transaction.handle(), number, device);
          return publish(transaction, user, number, device, upload);
        });
  }

  /// Publishes what was read for a device that is there, and answers the counts as [#upload] does.
  ///
  /// @param upload whose signatures were checked
  /// @throws MatrixException as [#upload]
  public Map<String, Long> publish(
      Transaction transaction, UserId user, long number, DeviceId device, KeyUpload upload) {
    if (upload.deviceKeys() != null) {
      put(transaction, user, number, device, upload.deviceKeys());
    }
    return oneTimeKeys.add(transaction, number, device, upload);
  }

  /// Whether the identity keys of an upload are those that the device has.
  public boolean isPublished(
      Transaction transaction, long user, DeviceId device, KeyUpload upload) {
    ObjectNode before = store.ofUser(transaction.handle(), user).get(device.value());
    return before != null
        && upload.deviceKeys() != null
        && KeyObjects.sameContent(before, upload.deviceKeys());
  }

  /// A device that was logged out while it uploaded must not leave keys behind.
  private void requireDevice(Handle handle, long user, DeviceId device) {
    Map<DeviceId, Optional<String>> known =
        devices.ofAll(handle, List.of(user)).getOrDefault(user, Map.of());
    if (!known.containsKey(device)) {
      throw new MatrixException(ErrorCode.M_UNKNOWN_TOKEN, "This device was logged out.");
    }
  }

  private void put(
      Transaction transaction, UserId user, long number, DeviceId device, ObjectNode uploaded) {
    Handle handle = transaction.handle();
    Map<Usage, CrossSigningKey> crossSigningKeys = crossSigning.ofUser(handle, number);
    for (CrossSigningKey key : crossSigningKeys.values()) {
      if (key.publicKey().equals(device.value())) {
        throw MatrixException.forbidden("Your device is named like one of your keys.");
      }
    }
    ObjectNode before = store.ofUser(handle, number).get(device.value());
    ObjectNode after =
        merge(user, device, before, uploaded, crossSigningKeys.get(Usage.SELF_SIGNING));
    if (!after.equals(before)) {
      store.put(handle, number, device.value(), after);
      deviceLists.announce(transaction, number);
    }
  }

  /// The uploaded keys with the signatures that hold: the device's own, which was checked, and the
  /// self-signing key's, uploaded now or before. A device that uploads the same keys again must not
  /// lose the latter.
  private static ObjectNode merge(
      UserId user,
      DeviceId device,
      @Nullable ObjectNode before,
      ObjectNode uploaded,
      @Nullable CrossSigningKey selfSigning) {
    Map<String, String> given = KeyObjects.signaturesBy(uploaded, user);
    Map<String, String> kept =
        before != null && KeyObjects.sameContent(before, uploaded)
            ? KeyObjects.signaturesBy(before, user)
            : new HashMap<>();
    String own = KeyObjects.ED25519 + device;
    kept.put(own, given.getOrDefault(own, ""));
    if (selfSigning != null) {
      String keyId = selfSigning.keyId();
      String signature = given.get(keyId);
      if (signature != null
          && KeyObjects.isSigned(uploaded, user, keyId, selfSigning.verifyKey())) {
        kept.put(keyId, signature);
      }
    }
    return KeyObjects.withSignatures(uploaded, user, kept);
  }

  /// Forgets the keys of a device that is going, and tells who shares a room with its user.
  @Override
  public void removed(Transaction transaction, long user, DeviceId device) {
    oneTimeKeys.removed(transaction, user, device);
    if (store.delete(transaction.handle(), user, device.value())) {
      deviceLists.announce(transaction, user);
    }
  }

  /// Tells who shares a room with the user that a device has another name, which is shown beside
  /// its keys.
  @Override
  public void renamed(Transaction transaction, long user, DeviceId device) {
    if (store.ofUser(transaction.handle(), user).containsKey(device.value())) {
      deviceLists.announce(transaction, user);
    }
  }
}
