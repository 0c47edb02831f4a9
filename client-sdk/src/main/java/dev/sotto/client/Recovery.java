package dev.sotto.client;

import dev.sotto.client.encryption.Machine;
import dev.sotto.client.encryption.SecretsDesk;
import dev.sotto.client.encryption.backup.DehydrationException;
import dev.sotto.client.encryption.backup.KeyBackup;
import dev.sotto.client.encryption.backup.RestoreOutcome;
import dev.sotto.client.encryption.secrets.SecretName;
import dev.sotto.client.encryption.secrets.SecretStorage;
import dev.sotto.client.engine.PickleKey;
import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.memory.SecretText;
import dev.sotto.protocol.id.UserId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// What lets a user begin again on a new device: the keys of the user's identity and of the backup
/// of messages' keys, on the server, encrypted with a recovery key that the user writes down.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#secrets
public final class Recovery {
  /// How many of the backup's keys were taken.
  ///
  /// @param total how many there are, as the server says
  /// @param restored how many let more be read than before
  /// @param known how many were here already
  /// @param unusable how many are damaged, or not what they are said to be
  public record Restored(long total, int restored, int known, int unusable) {
    Restored plus(RestoreOutcome more) {
      return new Restored(
          total, restored + more.imported(), known + more.known(), unusable + more.unusable());
    }
  }

  private final Machine machine;
  private final Pump pump;
  private final Handlers handlers;
  private final Security security;
  private final UserId self;
  private final AccountData account;
  private final StoredSecrets stored;
  private final Dehydration dehydration;
  private final KeyFiles files;
  private final Backups backups;

  Recovery(
      Machine machine,
      Pump pump,
      Handlers handlers,
      Security security,
      UserId self,
      AccountData account,
      StoredSecrets stored,
      Dehydration dehydration,
      KeyFiles files,
      Backups backups) {
    this.machine = machine;
    this.pump = pump;
    this.handlers = handlers;
    this.security = security;
    this.self = self;
    this.account = account;
    this.stored = stored;
    this.dehydration = dehydration;
    this.files = files;
    this.backups = backups;
  }

  /// Whether there is a recovery key.
  public boolean isSetUp() {
    return stored.keyId().isPresent();
  }

  /// Makes a recovery key, in place of the one that there may be, and a backup if there is none
  /// that can be read; not if the user has turned backups off.
  ///
  /// @return the recovery key, to be shown once and kept by nobody but its user: who has it can
  ///   read all that the user can
  /// @throws IllegalStateException if the keys of our identity are not on this device
  /// @throws MatrixRequestException if the server does not take that, does not say which backup
  ///   there is, or makes none; what was the recovery key before is still
  public String setUp() {
    return setUp(Optional.empty());
  }

  /// As [#setUp()], with a passphrase that [#recover] takes as well. Whoever has what is on the
  /// server can try to guess it, so it should be as long as several words that nobody would put
  /// together.
  ///
  /// @throws IllegalArgumentException if the passphrase is empty
  public String setUp(String passphrase) {
    if (passphrase.isBlank()) {
      throw new IllegalArgumentException("The passphrase is empty.");
    }
    return setUp(Optional.of(passphrase));
  }

  private String setUp(Optional<String> passphrase) {
    requireIdentity();
    boolean backsUp = isBackupWanted().orElse(true);
    if (backsUp) {
      // First: the storage is to have the key of a backup that the server has.
      setBackup(true);
    }
    try (SecretStorage storage = stored.begin(passphrase)) {
      for (SecretName name : SecretsDesk.names()) {
        Optional<SecretText> secret =
            backsUp && name.equals(SecretName.BACKUP)
                ? Optional.of(backupKey())
                : machine.secrets().secret(name);
        if (secret.isPresent()) {
          try (SecretText text = secret.get()) {
            stored.put(storage, name, text);
          }
        }
      }
      dehydration.moveInto(storage);
      // Last, so that a storage that is not whole is nobody's usual one.
      stored.established(storage);
      dropFormer(storage);
      return storage.recoveryKey();
    } catch (DehydrationException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /// The key of the backup that was made. Another thread may just be asking which one there is.
  private SecretText backupKey() {
    Optional<SecretText> key = machine.secrets().secret(SecretName.BACKUP);
    if (key.isEmpty()) {
      backups.make();
      key = machine.secrets().secret(SecretName.BACKUP);
    }
    return key.orElseThrow(
        () -> new IllegalStateException("The backup's key is not known just now: try it again."));
  }

  /// Whoever has the former recovery key is to read nothing any more. Should that fail, the new one
  /// is to be shown all the same: there is no other way to it.
  private void dropFormer(SecretStorage storage) {
    List<String> left = new ArrayList<>();
    MatrixRequestException last = null;
    List<SecretName> names = new ArrayList<>(SecretsDesk.names());
    names.add(SecretName.DEHYDRATED_DEVICE);
    for (SecretName name : names) {
      try {
        stored.dropOthers(storage, name);
      } catch (MatrixRequestException e) {
        left.add(name.value());
        last = e;
      }
    }
    if (last != null) {
      String sentence =
          "The former recovery key still opens %s: to end that, make a new one once more."
              .formatted(String.join(", ", left));
      handlers.problem(Problem.Kind.ENCRYPTION, new IllegalStateException(sentence, last));
    }
  }

  private void requireIdentity() {
    if (!security.setUpIdentity()) {
      throw new IllegalStateException(
          "The keys of the identity are not on this device: verify it with another, or recover it"
              + " first.");
    }
  }

  /// What the user has said at last, on this or another device.
  private Optional<Boolean> isBackupWanted() {
    return account.get(KeyBackup.PREFERENCE).flatMap(KeyBackup::preference);
  }

  /// Turns the backup of messages' keys on, which makes one if there is none that can be read, or
  /// off; the user's other devices hear of it when they log in. What is in a backup stays there
  /// until the user deletes it.
  ///
  /// @throws MatrixRequestException if the server does not take that, does not say which backup
  ///   there is, or makes none
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#key-backup-enabled-preference
  public void setBackup(boolean on) {
    machine.backup().enable(on);
    if (on) {
      backups.make();
    }
    account.put(KeyBackup.PREFERENCE, KeyBackup.preference(on));
  }

  /// Makes this device one of the user's in full, with what the user has written down. Keys of
  /// earlier messages are then fetched from the backup as they are needed.
  ///
  /// @param typed the recovery key, or the passphrase where the user has chosen one
  /// @return whether this device is signed now
  /// @throws IllegalArgumentException if that is not the key; the message says so in a sentence
  /// @throws IllegalStateException if nothing was ever set up
  public boolean recover(String typed) {
    Optional<PickleKey> dehydrated;
    try (SecretStorage storage = stored.open(typed)) {
      // What the keys must belong to is asked for first.
      security.identity(self);
      machine.backup().recheck();
      pump.flush();
      for (SecretName name : SecretsDesk.names()) {
        take(storage, name);
      }
      dehydrated = dehydration.key(storage);
    }
    try {
      pump.flush();
      dehydrated.ifPresent(dehydration::takeOver);
    } finally {
      dehydrated.ifPresent(PickleKey::close);
    }
    return security.isDeviceSigned();
  }

  private void take(SecretStorage storage, SecretName name) {
    // The others may still be of use: a backup can be missing, or have been made anew.
    Optional<SecretText> found = stored.get(storage, name);
    if (found.isPresent()) {
      try (SecretText secret = found.get()) {
        machine.secrets().take(name, secret);
      }
    }
  }

  // Dehydrated devices

  /// Leaves a device at the server that sleeps there and is sent the keys to messages, also while
  /// our user is logged in nowhere: the next device takes them, with [#recover]. From then on this
  /// device puts another in its place each week. Others see it in the list of our devices.
  ///
  /// This is a proposal yet, which few servers have.
  ///
  /// @param typed the recovery key, under which the key of the device is kept
  /// @return false if the server does not have such devices
  /// @throws IllegalArgumentException if that is not the recovery key; the message says so in a
  ///   sentence
  /// @throws IllegalStateException if nothing was ever set up, or the keys of our identity are not
  ///   on this device
  /// @spec https://github.com/matrix-org/matrix-spec-proposals/pull/3814
  public boolean leaveDehydratedDevice(String typed) {
    requireIdentity();
    try (SecretStorage storage = stored.open(typed)) {
      return dehydration.begin(storage);
    } catch (DehydrationException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /// Removes the device that sleeps at the server, and leaves no other.
  public void removeDehydratedDevice() {
    dehydration.remove();
  }

  // Keys of messages

  /// Takes all keys of the backup at once: for a program that is to read on without the server, or
  /// wants to search. Others need not, since each key is fetched when a message needs it. It may be
  /// repeated, and goes through all of them again then.
  ///
  /// @param progress hears how far it is after some hundred keys each
  /// @throws IllegalStateException if there is no backup, or its key is not here: see [#recover]
  /// @throws MatrixRequestException if it cannot be fetched; keys that were taken up stay
  public Restored restoreBackup(Consumer<Restored> progress) {
    return backups.restore(progress);
  }

  /// Writes the keys to all that this device can read into a file, in place of one that is there,
  /// for its owner only. Other clients can import it. Whoever has file and passphrase can read all
  /// of it.
  ///
  /// @param passphrase nobody should be able to guess it, however long they try
  /// @return how many keys
  /// @throws IllegalArgumentException if the passphrase is empty
  /// @throws IOException if it cannot be written
  public int exportKeys(Path file, String passphrase) throws IOException {
    return files.write(file, passphrase);
  }

  /// Takes the keys of a file up that this or another client has exported. Who has sent a message
  /// that is read with them is not proven by them ([dev.sotto.client.event.Trust#UNPROVEN]).
  ///
  /// @return how many let more be read than before
  /// @throws IllegalArgumentException if it is no such file, or the passphrase another one; the
  ///   message says so in a sentence
  /// @throws IOException if it cannot be read
  public int importKeys(Path file, String passphrase) throws IOException {
    return files.read(file, passphrase);
  }
}
