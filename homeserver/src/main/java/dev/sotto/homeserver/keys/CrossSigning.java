package dev.sotto.homeserver.keys;

import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.devices.Devices;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.journal.Transaction;
import dev.sotto.homeserver.keys.CrossSigningKey.Usage;
import dev.sotto.homeserver.names.Users;
import dev.sotto.protocol.crypto.VerifyKey;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Takes in the cross-signing keys that users publish.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#cross-signing
public final class CrossSigning {
  private final Journal journal;
  private final Users users;
  private final Devices devices;
  private final DeviceLists deviceLists;
  private final CrossSigningStore store;
  private final DeviceKeyStore deviceKeys;

  CrossSigning(
      Database database, Journal journal, Users users, Devices devices, DeviceLists deviceLists) {
    this.journal = journal;
    this.users = users;
    this.devices = devices;
    this.deviceLists = deviceLists;
    this.store = new CrossSigningStore(database.dialect());
    this.deviceKeys = new DeviceKeyStore(database.dialect());
  }

  /// Publishes cross-signing keys. The first set needs no further proof of who the user is, nor
  /// does the same set again; anything else does.
  ///
  /// @param authenticated whether the user has just proven who they are
  /// @return false if that is needed; nothing was changed then
  /// @throws MatrixException `M_MISSING_PARAM` if there is no master key, `M_INVALID_SIGNATURE` if
  ///   it did not sign the other keys, `M_FORBIDDEN` if a device is named like one of the keys
  public boolean upload(UserId user, CrossSigningUpload upload, boolean authenticated) {
    long number = users.number(user);
    return journal.write(transaction -> upload(transaction, user, number, upload, authenticated));
  }

  /// Whether one of the user's keys has this id, so that no device may have it.
  public boolean reserves(Transaction transaction, long user, DeviceId device) {
    return store.ofUser(transaction.handle(), user).values().stream()
        .anyMatch(key -> key.publicKey().equals(device.value()));
  }

  /// Forgets the keys of a user who is no more.
  public void userRemoved(UserId user) {
    long number = users.number(user);
    journal.change(
        transaction -> {
          Handle handle = transaction.handle();
          store.deleteSignaturesOf(handle, number);
          store.deleteSignaturesBy(handle, number);
          for (Usage usage : Usage.values()) {
            store.delete(handle, number, usage);
          }
          deviceLists.announce(transaction, number);
        });
  }

  private boolean upload(
      Transaction transaction,
      UserId user,
      long number,
      CrossSigningUpload upload,
      boolean authenticated) {
    Handle handle = transaction.handle();
    Map<Usage, CrossSigningKey> before = store.ofUser(handle, number);
    Map<Usage, CrossSigningKey> given = checked(handle, user, number, upload.keys(), before);
    Map<Usage, CrossSigningKey> changed = new EnumMap<>(Usage.class);
    given.forEach(
        (usage, key) -> {
          CrossSigningKey old = before.get(usage);
          if (old == null || !KeyObjects.sameContent(old.json(), key.json())) {
            changed.put(usage, key);
          }
        });
    if (changed.isEmpty()) {
      return true;
    }
    if (before.containsKey(Usage.MASTER) && !authenticated) {
      return false;
    }
    store(transaction, user, number, before, changed);
    return true;
  }

  /// The uploaded keys with only those signatures that hold.
  private Map<Usage, CrossSigningKey> checked(
      Handle handle,
      UserId user,
      long number,
      Map<Usage, CrossSigningKey> given,
      Map<Usage, CrossSigningKey> before) {
    CrossSigningKey master = given.getOrDefault(Usage.MASTER, before.get(Usage.MASTER));
    if (master == null) {
      throw new MatrixException(
          ErrorCode.M_MISSING_PARAM, "There is no master key yet; upload one with the other keys.");
    }
    Set<DeviceId> known =
        devices.ofAll(handle, List.of(number)).getOrDefault(number, Map.of()).keySet();
    Map<Usage, CrossSigningKey> checked = new EnumMap<>(Usage.class);
    for (CrossSigningKey key : given.values()) {
      if (known.contains(new DeviceId(key.publicKey()))) {
        throw MatrixException.forbidden("One of your devices is named like one of these keys.");
      }
      Map<String, String> signatures =
          key.usage() == Usage.MASTER
              ? deviceSignatures(handle, user, number, key)
              : masterSignature(user, key, master);
      checked.put(
          key.usage(), key.withJson(KeyObjects.withSignatures(key.json(), user, signatures)));
    }
    return checked;
  }

  private static Map<String, String> masterSignature(
      UserId user, CrossSigningKey key, CrossSigningKey master) {
    String signature = KeyObjects.signaturesBy(key.json(), user).get(master.keyId());
    if (signature == null
        || !KeyObjects.isSigned(key.json(), user, master.keyId(), master.verifyKey())) {
      throw KeyObjects.badSignature(
          "The " + key.usage().wireName() + " key is not signed by the master key.");
    }
    return Map.of(master.keyId(), signature);
  }

  /// The signatures of a master key by the user's devices; what no known device signed is dropped.
  private Map<String, String> deviceSignatures(
      Handle handle, UserId user, long number, CrossSigningKey master) {
    Map<String, String> given = KeyObjects.signaturesBy(master.json(), user);
    if (given.isEmpty()) {
      return given;
    }
    Map<String, ObjectNode> published = deviceKeys.ofUser(handle, number);
    Map<String, String> held = new HashMap<>();
    given.forEach(
        (keyId, signature) -> {
          VerifyKey signer = deviceKey(published, keyId);
          if (signer == null) {
            return;
          }
          if (!KeyObjects.isSigned(master.json(), user, keyId, signer)) {
            throw KeyObjects.badSignature("A device's signature of the master key is wrong.");
          }
          held.put(keyId, signature);
        });
    return held;
  }

  /// The key of the device that `keyId` names; null if there is none.
  static @Nullable VerifyKey deviceKey(Map<String, ObjectNode> devices, String keyId) {
    if (!keyId.startsWith(KeyObjects.ED25519)) {
      return null;
    }
    String device = keyId.substring(KeyObjects.ED25519.length());
    ObjectNode keys = devices.get(device);
    return keys == null ? null : KeyObjects.signingKey(keys, device);
  }

  private void store(
      Transaction transaction,
      UserId user,
      long number,
      Map<Usage, CrossSigningKey> before,
      Map<Usage, CrossSigningKey> changed) {
    Handle handle = transaction.handle();
    if (changed.containsKey(Usage.MASTER)) {
      // What the old master key vouched for, and who vouched for it, says nothing of the new one.
      store.deleteSignaturesOf(handle, number);
      before.keySet().stream()
          .filter(usage -> !changed.containsKey(usage))
          .forEach(usage -> store.delete(handle, number, usage));
    }
    if (changed.containsKey(Usage.MASTER) || changed.containsKey(Usage.USER_SIGNING)) {
      store.deleteSignaturesBy(handle, number);
    }
    CrossSigningKey oldSelfSigning = before.get(Usage.SELF_SIGNING);
    if (oldSelfSigning != null
        && (changed.containsKey(Usage.MASTER) || changed.containsKey(Usage.SELF_SIGNING))) {
      dropSignatures(handle, user, number, oldSelfSigning.keyId());
    }
    changed.values().forEach(key -> store.put(handle, number, key));
    if (changed.containsKey(Usage.MASTER) || changed.containsKey(Usage.SELF_SIGNING)) {
      deviceLists.announce(transaction, number);
    } else {
      deviceLists.announceTo(transaction, number, number);
    }
  }

  /// Takes the signatures of a self-signing key that is no more from the user's devices.
  private void dropSignatures(Handle handle, UserId user, long number, String keyId) {
    deviceKeys
        .ofUser(handle, number)
        .forEach(
            (device, keys) -> {
              Map<String, String> signatures = KeyObjects.signaturesBy(keys, user);
              if (signatures.remove(keyId) != null) {
                deviceKeys.put(
                    handle, number, device, KeyObjects.withSignatures(keys, user, signatures));
              }
            });
  }
}
