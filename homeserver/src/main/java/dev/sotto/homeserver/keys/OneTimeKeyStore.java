package dev.sotto.homeserver.keys;

import dev.sotto.homeserver.db.Dialect;
import dev.sotto.homeserver.journal.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/// The tables `one_time_key_queues`, `one_time_keys` and `fallback_keys`.
///
/// To hand out a key moves its queue's `claimed` by one, which costs one row; the key itself stays
/// where it is, and loses its JSON when the device next uploads some.
final class OneTimeKeyStore {
  /// A key of one algorithm that is asked of one device.
  record Wanted(long user, String device, String algorithm) {}

  /// A key that is handed out.
  ///
  /// @param json as uploaded
  record Found(Wanted wanted, String keyId, String json) {}

  /// How far a device's keys of one algorithm were uploaded and handed out, by their numbers.
  ///
  /// @param stripped up to where keys have lost their JSON
  record Queue(long uploaded, long claimed, long stripped) {
    static final Queue EMPTY = new Queue(0, 0, 0);

    long left() {
      return uploaded - claimed;
    }
  }

  private static final String WANTED =
      """
      FROM UNNEST(CAST(:users AS BIGINT ARRAY), CAST(:devices AS VARCHAR ARRAY),
        CAST(:algorithms AS VARCHAR ARRAY)) AS w (wanted_user, wanted_device, wanted_algorithm)
      """;
  private static final String FIRST =
      """
      SELECT k.user_number, k.device_id, k.algorithm, k.key_id, k.json
      """
          + WANTED
          + """
            JOIN one_time_key_queues q ON q.user_number = wanted_user
              AND q.device_id = wanted_device AND q.algorithm = wanted_algorithm
            JOIN one_time_keys k ON k.user_number = q.user_number AND k.device_id = q.device_id
              AND k.algorithm = q.algorithm AND k.ordinal = q.claimed + 1
            """;
  private static final String FALLBACK =
      """
      SELECT k.user_number, k.device_id, k.algorithm, k.key_id, k.json, k.used
      """
          + WANTED
          + """
            JOIN fallback_keys k ON k.user_number = wanted_user AND k.device_id = wanted_device
              AND k.algorithm = wanted_algorithm
            """;
  private static final String KNOWN =
      """
      SELECT k.algorithm, k.key_id, k.public_key
      FROM UNNEST(CAST(:algorithms AS VARCHAR ARRAY), CAST(:ids AS VARCHAR ARRAY))
        AS w (wanted_algorithm, wanted_id)
      JOIN one_time_keys k ON k.user_number = :user AND k.device_id = :device
        AND k.algorithm = wanted_algorithm AND k.key_id = wanted_id
      """;
  private static final String QUEUES =
      """
      SELECT algorithm, uploaded, claimed, stripped FROM one_time_key_queues
      WHERE user_number = ? AND device_id = ?
      """;
  private static final String FALLBACKS =
      """
      SELECT algorithm, key_id, public_key, used FROM fallback_keys
      WHERE user_number = ? AND device_id = ? ORDER BY algorithm
      """;
  private static final String INSERT =
      """
      INSERT INTO one_time_keys
        (user_number, device_id, algorithm, ordinal, key_id, public_key, json)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """;
  private static final String STRIP =
      """
      UPDATE one_time_keys SET json = ''
      WHERE user_number = ? AND device_id = ? AND algorithm = ? AND ordinal > ? AND ordinal <= ?
      """;
  private static final String CLAIM =
      """
      UPDATE one_time_key_queues SET claimed = claimed + 1
      WHERE user_number = ? AND device_id = ? AND algorithm = ?
      """;
  private static final String MARK_USED =
      """
      UPDATE fallback_keys SET used = TRUE
      WHERE user_number = ? AND device_id = ? AND algorithm = ?
      """;
  private static final List<String> TABLES =
      List.of("one_time_key_queues", "one_time_keys", "fallback_keys");

  /// A device's fallback key of one algorithm.
  record Fallback(String algorithm, String keyId, String publicKey, boolean used) {}

  private final String putQueue;
  private final String putFallback;

  OneTimeKeyStore(Dialect dialect) {
    putQueue =
        dialect.upsert(
            "one_time_key_queues",
            "user_number, device_id, algorithm",
            "uploaded, claimed, stripped");
    putFallback =
        dialect.upsert(
            "fallback_keys", "user_number, device_id, algorithm", "key_id, public_key, used, json");
  }

  /// The public keys that these names stand for already, handed out or not, by name.
  Map<String, String> known(Handle handle, long user, String device, List<OneTimeKey> keys) {
    Map<String, String> known = new HashMap<>();
    handle
        .createQuery(KNOWN)
        .bind("user", user)
        .bind("device", device)
        .bindArray("algorithms", String.class, keys.stream().map(OneTimeKey::algorithm).toList())
        .bindArray("ids", String.class, keys.stream().map(OneTimeKey::keyId).toList())
        .map((row, _) -> known.put(row.getString(1) + ":" + row.getString(2), row.getString(3)))
        .forEach(_ -> {});
    return known;
  }

  /// The queues of a device, by algorithm.
  Map<String, Queue> queues(Handle handle, long user, String device) {
    Map<String, Queue> queues = new TreeMap<>();
    handle
        .select(QUEUES, user, device)
        .map(
            (row, _) ->
                queues.put(
                    row.getString(1), new Queue(row.getLong(2), row.getLong(3), row.getLong(4))))
        .forEach(_ -> {});
    return queues;
  }

  /// Adds keys of one algorithm behind those of `queue`, whose handed out ones lose their JSON.
  void add(
      Transaction transaction,
      long user,
      String device,
      String algorithm,
      Queue queue,
      List<OneTimeKey> keys) {
    Handle handle = transaction.handle();
    if (queue.stripped < queue.claimed) {
      handle.execute(STRIP, user, device, algorithm, queue.stripped, queue.claimed);
    }
    handle
        .createUpdate(putQueue)
        .bind("user_number", user)
        .bind("device_id", device)
        .bind("algorithm", algorithm)
        .bind("uploaded", queue.uploaded + keys.size())
        .bind("claimed", queue.claimed)
        .bind("stripped", queue.claimed)
        .execute();
    long ordinal = queue.uploaded;
    for (OneTimeKey key : keys) {
      long next = ++ordinal;
      transaction.batch(
          INSERT,
          row -> {
            row.setLong(1, user);
            row.setString(2, device);
            row.setString(3, algorithm);
            row.setLong(4, next);
            row.setString(5, key.keyId());
            row.setString(6, key.publicKey());
            row.setString(7, key.json().toString());
          });
    }
  }

  List<Fallback> fallbacks(Handle handle, long user, String device) {
    return handle
        .select(FALLBACKS, user, device)
        .map(
            (row, _) ->
                new Fallback(
                    row.getString(1), row.getString(2), row.getString(3), row.getBoolean(4)))
        .list();
  }

  void putFallback(Handle handle, long user, String device, OneTimeKey key) {
    handle
        .createUpdate(putFallback)
        .bind("user_number", user)
        .bind("device_id", device)
        .bind("algorithm", key.algorithm())
        .bind("key_id", key.keyId())
        .bind("public_key", key.publicKey())
        .bind("used", false)
        .bind("json", key.json().toString())
        .execute();
  }

  /// The oldest key of each device and algorithm that still has one.
  List<Found> first(Handle handle, Collection<Wanted> wanted) {
    return bind(handle.createQuery(FIRST), wanted).map((row, _) -> found(row)).list();
  }

  /// The fallback keys that there are; those among them handed out for the first time are added to
  /// `firstUsed`.
  List<Found> fallback(Handle handle, Collection<Wanted> wanted, Collection<Wanted> firstUsed) {
    return bind(handle.createQuery(FALLBACK), wanted)
        .map(
            (row, _) -> {
              Found found = found(row);
              if (!row.getBoolean(6)) {
                firstUsed.add(found.wanted);
              }
              return found;
            })
        .list();
  }

  private static Query bind(Query query, Collection<Wanted> wanted) {
    return query
        .bindArray("users", Long.class, wanted.stream().map(Wanted::user).toList())
        .bindArray("devices", String.class, wanted.stream().map(Wanted::device).toList())
        .bindArray("algorithms", String.class, wanted.stream().map(Wanted::algorithm).toList());
  }

  private static Found found(ResultSet row) throws SQLException {
    return new Found(
        new Wanted(row.getLong(1), row.getString(2), row.getString(3)),
        row.getString(4),
        row.getString(5));
  }

  /// Counts the first key of each of these queues as handed out.
  void claimed(Transaction transaction, Collection<Found> keys) {
    for (Found key : keys) {
      transaction.batch(
          CLAIM,
          row -> {
            row.setLong(1, key.wanted.user);
            row.setString(2, key.wanted.device);
            row.setString(3, key.wanted.algorithm);
          });
    }
  }

  void markUsed(Transaction transaction, Collection<Wanted> fallbacks) {
    for (Wanted fallback : fallbacks) {
      transaction.batch(
          MARK_USED,
          row -> {
            row.setLong(1, fallback.user);
            row.setString(2, fallback.device);
            row.setString(3, fallback.algorithm);
          });
    }
  }

  void deleteAll(Handle handle, long user, String device) {
    for (String table : TABLES) {
      handle.execute(
          "DELETE FROM " + table + " WHERE user_number = ? AND device_id = ?", user, device);
    }
  }
}
