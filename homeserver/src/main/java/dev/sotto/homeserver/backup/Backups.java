package dev.sotto.homeserver.backup;

import dev.sotto.homeserver.backup.BackedUpKey.Rank;
import dev.sotto.homeserver.backup.BackupStore.Session;
import dev.sotto.homeserver.blindness.Gate;
import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.journal.Transaction;
import dev.sotto.homeserver.names.Users;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Keeps users' backups of room keys. Versions are numbered from 1 by user; keys are written to the
/// newest only.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#server-side-key-backups
public final class Backups {
  /// A large upload goes to the journal in parts, so that others need not wait for all of it.
  private static final int KEYS_OF_PART = 500;

  private static final int MAX_TEXT_BYTES = 255;
  private static final int MAX_AUTH_DATA_LENGTH = 65_536;

  /// Today's clients write about 1,600 for a key, and more for one that was passed on often.
  private static final int MAX_SESSION_DATA_LENGTH = 8_192;

  private static final int MAX_VERSIONS = 10;

  private final Database database;
  private final Journal journal;
  private final Users users;
  private final Gate gate;
  private final int maxKeys;
  private final BackupStore store = new BackupStore();

  /// @param maxKeys how many keys one backup may hold
  public Backups(Database database, Journal journal, Users users, Gate gate, int maxKeys) {
    this.database = database;
    this.journal = journal;
    this.users = users;
    this.gate = gate;
    this.maxKeys = maxKeys;
  }

  /// Begins a new backup and answers its version. Of very many backups the oldest is deleted: what
  /// clients restore from is the newest.
  public long create(UserId user, String algorithm, ObjectNode authData) {
    requireShort("algorithm", algorithm);
    requireSmall(authData);
    ObjectNode admitted = gate.admitBackup(algorithm, authData);
    long number = users.number(user);
    record Made(long version, boolean crowded) {}
    Made made =
        journal.write(
            transaction -> {
              Handle handle = transaction.handle();
              long version = store.add(handle, number, algorithm, admitted);
              List<Long> old = store.versions(handle, number).stream().skip(MAX_VERSIONS).toList();
              old.forEach(one -> store.markDeleted(handle, number, one));
              return new Made(version, !old.isEmpty());
            });
    if (made.crowded) {
      deleteLeftovers(number);
    }
    return made.version;
  }

  /// The newest backup.
  ///
  /// @throws MatrixException `M_NOT_FOUND` if there is none
  public BackupVersion latest(UserId user) {
    long number = users.number(user);
    return database
        .read(handle -> store.latest(handle, number))
        .orElseThrow(() -> MatrixException.notFound("You have no backup of room keys."));
  }

  /// @throws MatrixException `M_NOT_FOUND` if there is none of this version
  public BackupVersion get(UserId user, String version) {
    long number = users.number(user);
    return database.read(handle -> require(handle, number, version));
  }

  private BackupVersion require(Handle handle, long user, String version) {
    return number(version)
        .flatMap(number -> store.find(handle, user, number))
        .orElseThrow(() -> MatrixException.notFound("You have no backup of this version."));
  }

  /// The number behind a version; empty for what was never given as one.
  private static Optional<Long> number(String version) {
    try {
      long number = Long.parseLong(version);
      return Long.toString(number).equals(version) ? Optional.of(number) : Optional.empty();
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  /// Replaces a backup's `auth_data`.
  ///
  /// @throws MatrixException `M_NOT_FOUND`; `M_INVALID_PARAM` if the algorithm is another
  public void update(UserId user, String version, String algorithm, ObjectNode authData) {
    requireSmall(authData);
    ObjectNode admitted = gate.admitBackup(algorithm, authData);
    long number = users.number(user);
    journal.change(
        transaction -> {
          BackupVersion backup = require(transaction.handle(), number, version);
          if (!backup.algorithm().equals(algorithm)) {
            throw MatrixException.invalidParam("The algorithm of a backup cannot be changed.");
          }
          store.updateAuthData(transaction.handle(), number, backup.number(), admitted);
        });
  }

  /// Deletes a backup with its keys.
  ///
  /// @throws MatrixException `M_NOT_FOUND` if there is none of this version
  public void delete(UserId user, String version) {
    long number = users.number(user);
    journal.change(
        transaction ->
            store.markDeleted(
                transaction.handle(),
                number,
                require(transaction.handle(), number, version).number()));
    deleteLeftovers(number);
  }

  /// Deletes all that a user who is no more has stored.
  public void userRemoved(UserId user) {
    long number = users.number(user);
    journal.change(
        transaction ->
            store
                .versions(transaction.handle(), number)
                .forEach(version -> store.markDeleted(transaction.handle(), number, version)));
    deleteLeftovers(number);
  }

  /// Deletes the keys of deleted backups, room by room, so that others need not wait for all of it.
  /// What a crash leaves is deleted with the next.
  private void deleteLeftovers(long user) {
    for (Map.Entry<Long, RoomId> room :
        database.read(handle -> store.roomsOfDeleted(handle, user))) {
      journal.change(
          transaction ->
              store.delete(
                  transaction.handle(), user, room.getKey(), Selection.of(room.getValue())));
    }
    journal.change(transaction -> store.forgetDeleted(transaction.handle(), user));
  }

  /// Stores keys in the newest backup. One that is there already stays unless the new one is
  /// better.
  ///
  /// @throws MatrixException `M_NOT_FOUND` if there is none of this version; `M_FORBIDDEN` if a key
  ///   is not encrypted, where encryption is required; `M_WRONG_ROOM_KEYS_VERSION` with
  ///   `current_version` if it is not the newest; `M_TOO_LARGE` and `M_RESOURCE_LIMIT_EXCEEDED`
  public BackupState put(UserId user, String version, List<BackedUpKey> keys) {
    keys.forEach(this::check);
    long number = users.number(user);
    BackupState state;
    int from = 0;
    do {
      List<BackedUpKey> part = keys.subList(from, Math.min(from + KEYS_OF_PART, keys.size()));
      state = journal.write(transaction -> putPart(transaction, number, version, part));
      from += KEYS_OF_PART;
    } while (from < keys.size());
    return state;
  }

  private BackupState putPart(
      Transaction transaction, long user, String version, List<BackedUpKey> keys) {
    BackupVersion backup = requireNewest(transaction.handle(), user, version);
    Map<Session, Rank> present = store.ranks(transaction.handle(), user, backup.number(), keys);
    int added = 0;
    boolean changed = false;
    for (BackedUpKey key : keys) {
      Rank before = present.get(new Session(key.room().value(), key.session()));
      if (before == null) {
        store.insert(transaction, user, backup.number(), key);
        added++;
        changed = true;
      } else if (key.rank().beats(before)) {
        store.update(transaction, user, backup.number(), key);
        changed = true;
      }
    }
    if (added > 0 && backup.count() + added > maxKeys) {
      throw new MatrixException(
          ErrorCode.M_RESOURCE_LIMIT_EXCEEDED,
          403,
          "A backup can hold at most " + maxKeys + " keys.");
    }
    BackupState state = new BackupState(backup.etag(), backup.count()).plus(added, changed);
    if (changed) {
      store.updateState(transaction.handle(), user, backup.number(), state);
    }
    return state;
  }

  private BackupVersion requireNewest(Handle handle, long user, String version) {
    BackupVersion latest =
        store
            .latest(handle, user)
            .orElseThrow(() -> MatrixException.notFound("You have no backup of room keys."));
    if (!Long.toString(latest.number()).equals(version)) {
      require(handle, user, version);
      throw new MatrixException(
          ErrorCode.M_WRONG_ROOM_KEYS_VERSION,
          "Keys can be stored in the newest backup only.",
          Map.of("current_version", Long.toString(latest.number())));
    }
    return latest;
  }

  /// The first `limit` keys of a backup after `last`, room after room; from the first key on if
  /// that is null.
  ///
  /// @throws MatrixException `M_NOT_FOUND` if there is none of this version
  public List<BackedUpKey> page(
      UserId user, String version, Selection which, @Nullable BackedUpKey last, int limit) {
    long number = users.number(user);
    return database.read(
        handle ->
            store.page(
                handle, number, require(handle, number, version).number(), which, last, limit));
  }

  /// Deletes keys of a backup.
  ///
  /// @throws MatrixException `M_NOT_FOUND` if there is none of this version
  public BackupState deleteKeys(UserId user, String version, Selection which) {
    long number = users.number(user);
    return journal.write(
        transaction -> {
          BackupVersion backup = require(transaction.handle(), number, version);
          int deleted = store.delete(transaction.handle(), number, backup.number(), which);
          BackupState state =
              new BackupState(backup.etag(), backup.count()).plus(-deleted, deleted > 0);
          store.updateState(transaction.handle(), number, backup.number(), state);
          return state;
        });
  }

  private void check(BackedUpKey key) {
    requireShort("session id", key.session());
    if (key.sessionData().length() > MAX_SESSION_DATA_LENGTH) {
      throw MatrixException.tooLarge("A key of a backup is too large.");
    }
    gate.checkBackup(key.room(), key.session(), key.sessionData());
  }

  private static void requireSmall(ObjectNode authData) {
    if (authData.toString().length() > MAX_AUTH_DATA_LENGTH) {
      throw MatrixException.tooLarge("'auth_data' is too large.");
    }
  }

  private static void requireShort(String what, String text) {
    if (text.isEmpty() || text.getBytes(StandardCharsets.UTF_8).length > MAX_TEXT_BYTES) {
      throw MatrixException.invalidParam(
          "The " + what + " must have 1 to " + MAX_TEXT_BYTES + " bytes.");
    }
  }
}
