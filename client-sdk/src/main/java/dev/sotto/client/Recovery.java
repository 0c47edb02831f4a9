package dev.sotto.client;

import dev.sotto.client.encryption.BackupDesk;
import dev.sotto.client.encryption.Machine;
import dev.sotto.client.encryption.SecretsDesk;
import dev.sotto.client.encryption.backup.BackupState;
import dev.sotto.client.encryption.secrets.KeyDescription;
import dev.sotto.client.encryption.secrets.SecretName;
import dev.sotto.client.encryption.secrets.SecretStorage;
import dev.sotto.client.encryption.secrets.SecretStorageException;
import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.http.Request;
import dev.sotto.client.memory.SecretText;
import dev.sotto.protocol.id.UserId;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/// What lets a user begin again on a new device: the keys of the user's identity and of the backup
/// of messages' keys, on the server, encrypted with a recovery key that the user writes down.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#secrets
public final class Recovery {
  private static final String PATH = "/_matrix/client/v3/user/{}/account_data/{}";

  /// How many of the backup's keys were taken.
  ///
  /// @param total how many there are, as the server says
  /// @param restored how many let more be read than before
  /// @param known how many were here already
  /// @param unusable how many are damaged, or not what they are said to be
  public record Restored(long total, int restored, int known, int unusable) {
    Restored plus(dev.sotto.client.encryption.backup.Restored more) {
      return new Restored(
          total, restored + more.imported(), known + more.known(), unusable + more.unusable());
    }
  }

  private final Machine machine;
  private final Pump pump;
  private final Calls calls;
  private final Security security;
  private final SecureRandom random;
  private final UserId self;
  private final KeyFiles files;
  private final BackupRestore restore;

  /// @param news has what follows from keys that arrived told
  Recovery(
      Machine machine,
      Pump pump,
      Calls calls,
      Security security,
      SecureRandom random,
      UserId self,
      Runnable news) {
    this.machine = machine;
    this.pump = pump;
    this.calls = calls;
    this.security = security;
    this.random = random;
    this.self = self;
    this.files = new KeyFiles(machine, random, news);
    this.restore = new BackupRestore(machine.backup(), pump, calls, news);
  }

  /// Whether there is a recovery key.
  public boolean isSetUp() {
    return get(SecretStorage.DEFAULT_KEY).flatMap(SecretStorage::defaultKey).isPresent();
  }

  /// Makes a recovery key, in place of the one that there may be, and a backup if there is none
  /// that can be read.
  ///
  /// @return the recovery key, to be shown once and kept by nobody but its user: who has it can
  ///   read all that the user can
  /// @throws IllegalStateException if the keys of our identity are not on this device
  public String setUp() {
    if (!security.setUpIdentity()) {
      throw new IllegalStateException(
          "The keys of the identity are not on this device: verify it with another, or recover it"
              + " first.");
    }
    setUpBackup();
    try (SecretStorage storage = SecretStorage.create(random)) {
      KeyDescription description = storage.description();
      put(KeyDescription.type(description.id()), description.json());
      for (SecretName name : SecretsDesk.names()) {
        Optional<SecretText> secret = machine.secrets().secret(name);
        if (secret.isPresent()) {
          try (SecretText text = secret.get()) {
            put(name.value(), storage.encrypt(name, text));
          }
        }
      }
      // Last, so that a storage that is not whole is nobody's usual one.
      put(SecretStorage.DEFAULT_KEY, storage.defaultKey());
      return storage.recoveryKey();
    } catch (SecretStorageException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  private void setUpBackup() {
    BackupDesk backup = machine.backup();
    backup.recheck();
    pump.flush();
    boolean readable = backup.state() instanceof BackupState.Active active && active.readable();
    if (!readable) {
      backup.create();
      pump.flush();
    }
  }

  /// Makes this device one of the user's in full, with what the user has written down. Keys of
  /// earlier messages are then fetched from the backup as they are needed.
  ///
  /// @param typed the recovery key, or the passphrase where the user has chosen one elsewhere
  /// @return whether this device is signed now
  /// @throws IllegalArgumentException if that is not the key; the message says so in a sentence
  /// @throws IllegalStateException if nothing was ever set up
  public boolean recover(String typed) {
    String id =
        get(SecretStorage.DEFAULT_KEY)
            .flatMap(SecretStorage::defaultKey)
            .orElseThrow(() -> new IllegalStateException("There is no recovery key yet."));
    ObjectNode described =
        get(KeyDescription.type(id))
            .orElseThrow(() -> new IllegalStateException("The recovery key is not described."));
    try (SecretStorage storage =
        SecretStorage.open(KeyDescription.of(id, described), typed, random)) {
      // What the keys must belong to is asked for first.
      security.identity(self);
      machine.backup().recheck();
      pump.flush();
      for (SecretName name : SecretsDesk.names()) {
        take(storage, name);
      }
    } catch (SecretStorageException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    pump.flush();
    return security.isDeviceSigned();
  }

  private void take(SecretStorage storage, SecretName name) {
    Optional<ObjectNode> content = get(name.value());
    if (content.isEmpty()) {
      return;
    }
    try (SecretText secret = storage.decrypt(name, content.get())) {
      machine.secrets().take(name, secret);
    } catch (SecretStorageException _) {
      // The others may still be of use: a backup can be missing, or have been made anew.
    }
  }

  /// Takes all keys of the backup at once: for a program that is to read on without the server, or
  /// wants to search. Others need not, since each key is fetched when a message needs it. It may be
  /// repeated, and goes through all of them again then.
  ///
  /// @param progress hears how far it is after some hundred keys each
  /// @throws IllegalStateException if there is no backup, or its key is not here: see [#recover]
  /// @throws MatrixRequestException if it cannot be fetched; keys that were taken up stay
  public Restored restoreBackup(Consumer<Restored> progress) {
    return restore.restore(progress);
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

  private Optional<ObjectNode> get(String type) {
    try {
      return Optional.of(calls.send(Request.get(PATH, self.value(), type)));
    } catch (MatrixRequestException e) {
      if ("M_NOT_FOUND".equals(e.errcode())) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private void put(String type, ObjectNode content) {
    calls.send(Request.put(PATH, self.value(), type).json(content).repeatable());
  }
}
