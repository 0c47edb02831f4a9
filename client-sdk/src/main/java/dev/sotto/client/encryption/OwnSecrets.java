package dev.sotto.client.encryption;

import dev.sotto.client.encryption.backup.KeyBackup;
import dev.sotto.client.encryption.backup.KeyOutcome;
import dev.sotto.client.encryption.identity.ImportOutcome;
import dev.sotto.client.encryption.identity.KeyRole;
import dev.sotto.client.encryption.identity.OwnIdentity;
import dev.sotto.client.encryption.identity.PrivateSeed;
import dev.sotto.client.encryption.secrets.KeyText;
import dev.sotto.client.encryption.secrets.SecretKeeper;
import dev.sotto.client.encryption.secrets.SecretName;
import dev.sotto.client.encryption.secrets.SecretStorageException;
import dev.sotto.client.engine.BackupKey;
import dev.sotto.client.memory.Secret;
import dev.sotto.client.memory.SecretText;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The user's secrets, by the names that secret storage and other devices know them by. Not for
/// several threads.
final class OwnSecrets implements SecretKeeper {
  /// All that a device needs to be one of the user's in full.
  static final List<SecretName> ALL =
      List.of(
          SecretName.MASTER, SecretName.SELF_SIGNING, SecretName.USER_SIGNING, SecretName.BACKUP);

  private static final Map<SecretName, KeyRole> ROLES =
      Map.of(
          SecretName.MASTER, KeyRole.MASTER,
          SecretName.SELF_SIGNING, KeyRole.SELF_SIGNING,
          SecretName.USER_SIGNING, KeyRole.USER_SIGNING);

  private final OwnIdentity identity;
  private final KeyBackup backup;

  OwnSecrets(OwnIdentity identity, KeyBackup backup) {
    this.identity = identity;
    this.backup = backup;
  }

  @Override
  public Optional<SecretText> secret(SecretName name) {
    KeyRole role = ROLES.get(name);
    if (role != null) {
      return identity.exported(role).map(OwnSecrets::text);
    }
    return name.equals(SecretName.BACKUP) ? backup.key().map(OwnSecrets::text) : Optional.empty();
  }

  private static SecretText text(Secret key) {
    try (key) {
      return KeyText.of(key);
    }
  }

  @Override
  public boolean take(SecretName name, SecretText secret) {
    KeyRole role = ROLES.get(name);
    try {
      if (role != null) {
        return take(role, secret);
      }
      return name.equals(SecretName.BACKUP) && takeBackup(secret);
    } catch (SecretStorageException _) {
      return false;
    }
  }

  private boolean take(KeyRole role, SecretText secret) throws SecretStorageException {
    byte[] bytes = KeyText.bytes(secret, PrivateSeed.BYTES);
    try (PrivateSeed seed = PrivateSeed.of(bytes)) {
      return identity.importKeys(Map.of(role, seed)).get(role) == ImportOutcome.IMPORTED;
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  private boolean takeBackup(SecretText secret) throws SecretStorageException {
    byte[] bytes = KeyText.bytes(secret, BackupKey.BYTES);
    try (BackupKey key = BackupKey.of(bytes)) {
      return backup.key(key) != KeyOutcome.ANOTHER;
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }
}
