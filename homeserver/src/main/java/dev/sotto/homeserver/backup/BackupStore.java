package dev.sotto.homeserver.backup;

import dev.sotto.homeserver.backup.BackedUpKey.Rank;
import dev.sotto.homeserver.journal.Transaction;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.json.Json;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// The tables `backup_versions` and `backup_keys`.
final class BackupStore {
  /// A session of a room.
  record Session(String room, String id) {}

  private static final String VERSION =
      """
      SELECT version, algorithm, auth_data, etag, key_count FROM backup_versions
      WHERE user_number = ? AND NOT deleted
      """;
  private static final String ONE = VERSION + " AND version = ?";
  private static final String LATEST = VERSION + " ORDER BY version DESC FETCH FIRST ROW ONLY";
  private static final String NEWEST_NUMBER =
      "SELECT COALESCE(MAX(version), 0) FROM backup_versions WHERE user_number = ?";
  private static final String INSERT_VERSION =
      """
      INSERT INTO backup_versions
        (user_number, version, algorithm, auth_data, etag, key_count, deleted)
      VALUES (?, ?, ?, ?, 0, 0, FALSE)
      """;
  private static final String OF_VERSION = " WHERE user_number = ? AND version = ?";
  private static final String UPDATE_AUTH_DATA =
      "UPDATE backup_versions SET auth_data = ?" + OF_VERSION;
  private static final String UPDATE_STATE =
      "UPDATE backup_versions SET etag = ?, key_count = ?" + OF_VERSION;
  private static final String MARK_DELETED =
      "UPDATE backup_versions SET deleted = TRUE, auth_data = '{}', key_count = 0" + OF_VERSION;
  private static final String RANKS =
      """
      SELECT k.room_id, k.session_id, k.is_verified, k.first_message_index, k.forwarded_count
      FROM UNNEST(CAST(:rooms AS VARCHAR ARRAY), CAST(:sessions AS VARCHAR ARRAY))
        AS s (room, id)
      JOIN backup_keys k ON k.user_number = :user AND k.version = :version
        AND k.room_id = s.room AND k.session_id = s.id
      """;
  private static final String INSERT_KEY =
      """
      INSERT INTO backup_keys (first_message_index, forwarded_count, is_verified, session_data,
        user_number, version, room_id, session_id)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """;
  private static final String UPDATE_KEY =
      """
      UPDATE backup_keys SET first_message_index = ?, forwarded_count = ?, is_verified = ?,
        session_data = ?
      WHERE user_number = ? AND version = ? AND room_id = ? AND session_id = ?
      """;
  private static final String KEYS =
      """
      SELECT room_id, session_id, first_message_index, forwarded_count, is_verified, session_data
      FROM backup_keys
      """;
  private static final String IN_ORDER =
      " ORDER BY user_number, version, room_id, session_id FETCH FIRST :limit ROWS ONLY";

  /// The newest stays, deleted or not, so that its number is never given again.
  private static final String FORGET_DELETED =
      """
      DELETE FROM backup_versions v
      WHERE v.user_number = :user AND v.deleted
        AND v.version < (SELECT MAX(n.version) FROM backup_versions n WHERE n.user_number = :user)
        AND NOT EXISTS (SELECT 1 FROM backup_keys k
          WHERE k.user_number = v.user_number AND k.version = v.version)
      """;

  private static final String ROOMS_OF_DELETED =
      """
      SELECT DISTINCT k.version, k.room_id FROM backup_keys k
      JOIN backup_versions v ON v.user_number = k.user_number AND v.version = k.version
      WHERE k.user_number = ? AND v.deleted
      """;

  Optional<BackupVersion> latest(Handle handle, long user) {
    return handle.select(LATEST, user).map((row, _) -> version(row)).findOne();
  }

  Optional<BackupVersion> find(Handle handle, long user, long version) {
    return handle.select(ONE, user, version).map((row, _) -> version(row)).findOne();
  }

  private static BackupVersion version(ResultSet row) throws SQLException {
    return new BackupVersion(
        row.getLong(1),
        row.getString(2),
        Json.parseObject(row.getString(3)),
        row.getLong(4),
        row.getLong(5));
  }

  /// Adds a version with the next number, which it answers; deleted ones count too.
  long add(Handle handle, long user, String algorithm, ObjectNode authData) {
    long number = handle.select(NEWEST_NUMBER, user).mapTo(Long.class).one() + 1;
    handle.execute(INSERT_VERSION, user, number, algorithm, authData.toString());
    return number;
  }

  void updateAuthData(Handle handle, long user, long version, ObjectNode authData) {
    handle.execute(UPDATE_AUTH_DATA, authData.toString(), user, version);
  }

  void updateState(Handle handle, long user, long version, BackupState state) {
    handle.execute(UPDATE_STATE, state.etag(), state.count(), user, version);
  }

  void markDeleted(Handle handle, long user, long version) {
    handle.execute(MARK_DELETED, user, version);
  }

  /// Versions of a user that are not deleted, the newest first.
  List<Long> versions(Handle handle, long user) {
    return handle
        .select(VERSION + " ORDER BY version DESC", user)
        .map((row, _) -> row.getLong(1))
        .list();
  }

  /// The ranks of those of these keys that there are, in one query.
  Map<Session, Rank> ranks(Handle handle, long user, long version, Collection<BackedUpKey> keys) {
    Map<Session, Rank> ranks = new HashMap<>();
    handle
        .createQuery(RANKS)
        .bind("user", user)
        .bind("version", version)
        .bindArray("rooms", String.class, keys.stream().map(key -> key.room().value()).toList())
        .bindArray("sessions", String.class, keys.stream().map(BackedUpKey::session).toList())
        .map(
            (row, _) ->
                ranks.put(
                    new Session(row.getString(1), row.getString(2)),
                    new Rank(row.getBoolean(3), row.getLong(4), row.getLong(5))))
        .forEach(_ -> {});
    return ranks;
  }

  void insert(Transaction transaction, long user, long version, BackedUpKey key) {
    transaction.batch(INSERT_KEY, row -> bind(row, user, version, key));
  }

  void update(Transaction transaction, long user, long version, BackedUpKey key) {
    transaction.batch(UPDATE_KEY, row -> bind(row, user, version, key));
  }

  private static void bind(PreparedStatement row, long user, long version, BackedUpKey key)
      throws SQLException {
    row.setLong(1, key.firstMessageIndex());
    row.setLong(2, key.forwardedCount());
    row.setBoolean(3, key.verified());
    row.setString(4, key.sessionData());
    row.setLong(5, user);
    row.setLong(6, version);
    row.setString(7, key.room().value());
    row.setString(8, key.session());
  }

  /// The first `limit` keys after `last`, room after room; from the first on if that is null.
  List<BackedUpKey> page(
      Handle handle,
      long user,
      long version,
      Selection which,
      @Nullable BackedUpKey last,
      int limit) {
    if (last == null) {
      return select(handle, user, version, which, "", Map.of(), limit);
    }
    // Two spans of the primary key, where one condition for both would read from its beginning.
    List<BackedUpKey> keys = new ArrayList<>();
    if (which.session() == null) {
      keys.addAll(
          select(
              handle,
              user,
              version,
              Selection.of(last.room()),
              " AND session_id > :after",
              Map.of("after", last.session()),
              limit));
    }
    if (which.room() == null && keys.size() < limit) {
      keys.addAll(
          select(
              handle,
              user,
              version,
              which,
              " AND room_id > :after",
              Map.of("after", last.room().value()),
              limit - keys.size()));
    }
    return keys;
  }

  private static List<BackedUpKey> select(
      Handle handle,
      long user,
      long version,
      Selection which,
      String more,
      Map<String, String> bindings,
      int limit) {
    return bind(handle.createQuery(KEYS + where(which) + more + IN_ORDER), user, version, which)
        .bindMap(bindings)
        .bind("limit", limit)
        .map(
            (row, _) ->
                new BackedUpKey(
                    new RoomId(row.getString(1)),
                    row.getString(2),
                    row.getLong(3),
                    row.getLong(4),
                    row.getBoolean(5),
                    row.getString(6)))
        .list();
  }

  /// How many there were.
  int delete(Handle handle, long user, long version, Selection which) {
    return bind(handle.createUpdate("DELETE FROM backup_keys" + where(which)), user, version, which)
        .execute();
  }

  private static String where(Selection which) {
    return " WHERE user_number = :user AND version = :version"
        + (which.room() == null ? "" : " AND room_id = :room")
        + (which.session() == null ? "" : " AND session_id = :session");
  }

  private static <S extends SqlStatement<S>> S bind(
      S statement, long user, long version, Selection which) {
    statement.bind("user", user).bind("version", version);
    if (which.room() != null) {
      statement.bind("room", which.room().value());
    }
    if (which.session() != null) {
      statement.bind("session", which.session());
    }
    return statement;
  }

  /// Deletes what is left of deleted versions that hold no keys any more.
  void forgetDeleted(Handle handle, long user) {
    handle.createUpdate(FORGET_DELETED).bind("user", user).execute();
  }

  /// The rooms of which deleted versions still hold keys, by version.
  List<Map.Entry<Long, RoomId>> roomsOfDeleted(Handle handle, long user) {
    return handle
        .select(ROOMS_OF_DELETED, user)
        .map((row, _) -> Map.entry(row.getLong(1), new RoomId(row.getString(2))))
        .list();
  }
}
