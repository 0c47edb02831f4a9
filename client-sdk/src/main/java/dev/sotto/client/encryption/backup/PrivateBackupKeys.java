package dev.sotto.client.encryption.backup;

import dev.sotto.client.engine.BackupDecryption;
import dev.sotto.client.engine.BackupKey;
import dev.sotto.client.engine.Curve25519Key;
import dev.sotto.client.store.Change;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.client.store.Shelf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The private keys of backups, by their public ones.
final class PrivateBackupKeys {
  private static final String GROUP = "backup";

  private final CryptoStore store;

  PrivateBackupKeys(CryptoStore store) {
    this.store = store;
  }

  /// The private half of a key, if it is here; the caller closes it.
  Optional<BackupKey> of(Curve25519Key publicKey) {
    return store
        .get(Shelf.SECRETS, GROUP, publicKey.base64())
        .map(
            bytes -> {
              try {
                return BackupKey.of(bytes);
              } finally {
                Arrays.fill(bytes, (byte) 0);
              }
            });
  }

  boolean has(Curve25519Key publicKey) {
    Optional<BackupKey> found = of(publicKey);
    found.ifPresent(BackupKey::close);
    return found.isPresent();
  }

  static Change put(BackupKey key) {
    return new Change.Put(Shelf.SECRETS, GROUP, publicKey(key).base64(), key.bytes());
  }

  static Curve25519Key publicKey(BackupKey key) {
    try (BackupDecryption decryption = BackupDecryption.with(key)) {
      return decryption.publicKey();
    }
  }

  /// What drops all others.
  ///
  /// @param kept public keys in base64
  List<Change> retain(Set<String> kept) {
    List<Change> changes = new ArrayList<>();
    for (String name : store.group(Shelf.SECRETS, GROUP).keySet()) {
      if (!kept.contains(name)) {
        changes.add(new Change.Delete(Shelf.SECRETS, GROUP, name));
      }
    }
    return changes;
  }
}
