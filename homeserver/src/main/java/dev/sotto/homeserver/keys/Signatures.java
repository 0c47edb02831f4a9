package dev.sotto.homeserver.keys;

import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.journal.Transaction;
import dev.sotto.homeserver.keys.CrossSigningKey.Usage;
import dev.sotto.homeserver.names.Users;
import dev.sotto.protocol.crypto.VerifyKey;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.UserId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Takes in what users' keys say of keys: self-signing keys of the user's devices, devices of the
/// user's master key, user-signing keys of other users' master keys. Each signature is verified.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keyssignaturesupload
public final class Signatures {
  private final Database database;
  private final Journal journal;
  private final Users users;
  private final DeviceLists deviceLists;
  private final DeviceKeyStore deviceKeys;
  private final CrossSigningStore crossSigning;

  Signatures(Database database, Journal journal, Users users, DeviceLists deviceLists) {
    this.database = database;
    this.journal = journal;
    this.users = users;
    this.deviceLists = deviceLists;
    this.deviceKeys = new DeviceKeyStore(database.dialect());
    this.crossSigning = new CrossSigningStore(database.dialect());
  }

  /// What is stored of the signer's keys and of the master keys that are signed.
  private record Stored(
      Map<String, ObjectNode> devices,
      Map<Usage, CrossSigningKey> own,
      Map<Long, Map<Usage, CrossSigningKey>> masters) {}

  /// A signature that holds, of a key as it was when this was checked.
  private record Verified(
      UserId target, long number, String key, ObjectNode json, String keyId, String signature) {}

  /// Publishes the signatures of each key object by `signer`, and answers why others were not.
  ///
  /// @param signed key objects by user, and by device id or public key
  public Map<UserId, Map<String, MatrixException>> upload(
      UserId signer, Map<UserId, Map<String, ObjectNode>> signed) {
    long number = users.number(signer);
    Map<UserId, Long> numbers = users.knownNumbers(signed.keySet());
    Set<Long> targets = new HashSet<>(numbers.values());
    targets.add(number);
    Map<UserId, Map<String, MatrixException>> failures = new LinkedHashMap<>();
    List<Verified> verified = new ArrayList<>();
    Stored stored = database.read(handle -> load(handle, number, targets));
    signed.forEach(
        (target, keys) ->
            keys.forEach(
                (key, json) -> {
                  try {
                    Long targetNumber = numbers.get(target);
                    verified.addAll(
                        target.equals(signer)
                            ? ownKey(signer, number, stored, key, json)
                            : otherKey(signer, target, targetNumber, stored, key, json));
                  } catch (MatrixException e) {
                    failures.computeIfAbsent(target, _ -> new LinkedHashMap<>()).put(key, e);
                  }
                }));
    if (!verified.isEmpty()) {
      journal.change(transaction -> store(transaction, signer, number, targets, verified));
    }
    return failures;
  }

  private Stored load(Handle handle, long signer, Set<Long> targets) {
    Map<Long, Map<Usage, CrossSigningKey>> keys = crossSigning.ofUsers(handle, targets);
    return new Stored(deviceKeys.ofUser(handle, signer), keys.getOrDefault(signer, Map.of()), keys);
  }

  private static List<Verified> ownKey(
      UserId user, long number, Stored stored, String key, ObjectNode json) {
    CrossSigningKey master = stored.own.get(Usage.MASTER);
    if (master != null && master.publicKey().equals(key)) {
      return masterKey(user, number, stored, master, json);
    }
    ObjectNode device = stored.devices.get(key);
    if (device == null) {
      throw MatrixException.notFound("There is no such key.");
    }
    CrossSigningKey selfSigning = stored.own.get(Usage.SELF_SIGNING);
    if (selfSigning == null) {
      throw MatrixException.notFound("You have no self-signing key.");
    }
    requireSame(device, json);
    return List.of(
        verify(user, user, number, key, json, selfSigning.keyId(), selfSigning.verifyKey()));
  }

  private static List<Verified> masterKey(
      UserId user, long number, Stored stored, CrossSigningKey master, ObjectNode json) {
    requireSame(master.json(), json);
    Map<String, String> known = KeyObjects.signaturesBy(master.json(), user);
    Map<String, String> given = KeyObjects.signaturesBy(json, user);
    if (given.isEmpty()) {
      throw KeyObjects.badSignature("There is no signature of yours.");
    }
    List<Verified> verified = new ArrayList<>();
    given.forEach(
        (keyId, signature) -> {
          if (!signature.equals(known.get(keyId))) {
            VerifyKey device = CrossSigning.deviceKey(stored.devices, keyId);
            if (device == null) {
              throw KeyObjects.badSignature("None of your devices signs as " + keyId + ".");
            }
            verified.add(verify(user, user, number, master.publicKey(), json, keyId, device));
          }
        });
    return verified;
  }

  private static List<Verified> otherKey(
      UserId signer,
      UserId target,
      @Nullable Long number,
      Stored stored,
      String key,
      ObjectNode json) {
    CrossSigningKey master = number == null ? null : masterOf(stored, number);
    if (number == null || master == null || !master.publicKey().equals(key)) {
      throw MatrixException.notFound("Of other users only the master key can be signed.");
    }
    CrossSigningKey userSigning = stored.own.get(Usage.USER_SIGNING);
    if (userSigning == null) {
      throw MatrixException.notFound("You have no user-signing key.");
    }
    requireSame(master.json(), json);
    return List.of(
        verify(signer, target, number, key, json, userSigning.keyId(), userSigning.verifyKey()));
  }

  private static @Nullable CrossSigningKey masterOf(Stored stored, long user) {
    return stored.masters.getOrDefault(user, Map.of()).get(Usage.MASTER);
  }

  private static void requireSame(ObjectNode stored, ObjectNode json) {
    if (!KeyObjects.sameContent(stored, json)) {
      throw MatrixException.invalidParam("This is not the key that was published.");
    }
  }

  private static Verified verify(
      UserId signer,
      UserId target,
      long number,
      String key,
      ObjectNode json,
      String keyId,
      VerifyKey by) {
    String signature = KeyObjects.signaturesBy(json, signer).get(keyId);
    if (signature == null || !KeyObjects.isSigned(json, signer, keyId, by)) {
      throw KeyObjects.badSignature("The signature is missing or wrong.");
    }
    return new Verified(target, number, key, json, keyId, signature);
  }

  /// Adds verified signatures to the keys that are still the same.
  private void store(
      Transaction transaction, UserId signer, long number, Set<Long> targets, List<Verified> all) {
    Stored now = load(transaction.handle(), number, targets);
    Map<String, ObjectNode> devices = new HashMap<>();
    CrossSigningKey master = now.own.get(Usage.MASTER);
    CrossSigningKey signedMaster = master;
    for (Verified one : all) {
      if (!one.target.equals(signer)) {
        storeOther(transaction, number, now, one);
      } else if (signedMaster != null && signedMaster.publicKey().equals(one.key)) {
        signedMaster = signedMaster.withJson(plus(signedMaster.json(), signer, one));
      } else {
        ObjectNode device = now.devices.get(one.key);
        if (device != null) {
          devices.put(one.key, plus(device, signer, one));
        }
      }
    }
    boolean changed = false;
    if (signedMaster != null && !signedMaster.equals(master)) {
      crossSigning.put(transaction.handle(), number, signedMaster);
      changed = true;
    }
    for (Map.Entry<String, ObjectNode> device : devices.entrySet()) {
      if (!device.getValue().equals(now.devices.get(device.getKey()))) {
        deviceKeys.put(transaction.handle(), number, device.getKey(), device.getValue());
        changed = true;
      }
    }
    if (changed) {
      deviceLists.announce(transaction, number);
    }
  }

  private static ObjectNode plus(ObjectNode key, UserId signer, Verified one) {
    return KeyObjects.sameContent(key, one.json)
        ? KeyObjects.plusSignature(key, signer, one.keyId, one.signature)
        : key;
  }

  private void storeOther(Transaction transaction, long signer, Stored now, Verified one) {
    CrossSigningKey master = masterOf(now, one.number);
    CrossSigningKey userSigning = now.own.get(Usage.USER_SIGNING);
    if (master != null
        && userSigning != null
        && userSigning.keyId().equals(one.keyId)
        && master.publicKey().equals(one.key)) {
      crossSigning.putSignature(
          transaction.handle(),
          signer,
          one.number,
          new CrossSigningStore.UserSignature(one.key, one.keyId, one.signature));
      deviceLists.announceTo(transaction, signer, one.number);
    }
  }
}
