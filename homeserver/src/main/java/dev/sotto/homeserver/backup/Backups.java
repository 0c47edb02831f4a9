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
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
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
  private static final int MAX_SESSION_DATA_LENGTH = 65_536;

  private final Database database;
  private final Journal journal;
  private final Users users;
  private final Gate gate;
  private final BackupStore store = new BackupStore();

  public Backups(Database database, Journal journal, Users users, Gate gate) {
    this.database = database;
    this.journal = journal;
    this.users = users;
    this.gate = gate;
  }

  /// Begins a new backup and answers its version.
  public long create(UserId user, String algorithm, ObjectNode authData) {
    requireShort("algorithm", algorithm);
    requireSmall(authData);
    long number = users.number(user);
    return journal.write(
        transaction -> store.add(transaction.handle(), number, algorithm, authData));
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
    long number = users.number(user);
    journal.change(
        transaction -> {
          BackupVersion backup = require(transaction.handle(), number, version);
          if (!backup.algorithm().equals(algorithm)) {
            throw MatrixException.invalidParam("The algorithm of a backup cannot be changed.");
          }
          store.updateAuthData(transaction.handle(), number, backup.number(), authData);
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
  }

  /// Stores keys in the newest backup. One that is there already stays unless the new one is
  /// better.
  ///
  /// @throws MatrixException `M_NOT_FOUND` if there is none of this version; `M_FORBIDDEN` if a key
  ///   is not encrypted, where encryption is required; `M_WRONG_ROOM_KEYS_VERSION` with
  ///   `current_version` if it is not the newest
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

  /// Feeds the keys of a backup to `reader`, room after room.
  ///
  /// @throws MatrixException `M_NOT_FOUND` if there is none of this version
  public void read(UserId user, String version, Selection which, Consumer<BackedUpKey> reader) {
    long number = users.number(user);
    database.read(
        handle -> {
          BackupVersion backup = require(handle, number, version);
          store.read(handle, number, backup.number(), which, reader);
          return backup;
        });
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
    gate.checkBackup(key.sessionData());
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
