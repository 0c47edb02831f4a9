package dev.sotto.homeserver.todevice;

import dev.sotto.homeserver.journal.Transaction;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// The tables `to_device_messages` and `to_device_transactions`.
final class ToDeviceStore {
  /// A device of a user, by number and id.
  record Device(long user, String id) {}

  /// A message for one device.
  record Message(Device to, byte[] json) {}

  /// How much of a queue is one sender's.
  record Share(long sender, int count) {}

  /// A message that waits.
  record Waiting(long position, byte[] json) {}

  private static final String INSERT =
      """
      INSERT INTO to_device_messages (user_number, device_id, position, sender_number, json)
      VALUES (?, ?, ?, ?, ?)
      """;
  // H2 follows an index only where the order names all of its columns, also those that are given.
  static final String SINCE =
      """
      SELECT position, json FROM to_device_messages
      WHERE user_number = :user AND device_id = :device
        AND position > :from AND position <= :to
      ORDER BY user_number, device_id, position FETCH FIRST :limit ROWS ONLY
      """;
  private static final String QUEUES =
      """
      SELECT m.user_number, m.device_id, MIN(m.position), MAX(m.position), COUNT(*)
      FROM UNNEST(CAST(:users AS BIGINT ARRAY), CAST(:devices AS VARCHAR ARRAY))
        AS d (number, id)
      JOIN to_device_messages m ON m.user_number = d.number AND m.device_id = d.id
      GROUP BY m.user_number, m.device_id
      """;
  private static final String DELETE =
      """
      DELETE FROM to_device_messages WHERE user_number = ? AND device_id = ? AND position <= ?
      """;
  private static final String SHARE =
      """
      SELECT sender_number, COUNT(*) FROM to_device_messages
      WHERE user_number = ? AND device_id = ? AND sender_number = ? GROUP BY sender_number
      """;
  private static final String LARGEST_SHARE =
      """
      SELECT sender_number, COUNT(*) AS held FROM to_device_messages
      WHERE user_number = ? AND device_id = ?
      GROUP BY sender_number ORDER BY held DESC, sender_number FETCH FIRST ROW ONLY
      """;
  static final String NTH =
      """
      SELECT position FROM to_device_messages
      WHERE user_number = ? AND device_id = ? AND sender_number = ?
      ORDER BY user_number, device_id, sender_number, position
      OFFSET ? ROWS FETCH FIRST ROW ONLY
      """;
  private static final String DELETE_OF_SENDER =
      """
      DELETE FROM to_device_messages
      WHERE user_number = ? AND device_id = ? AND sender_number = ? AND position < ?
      """;
  private static final String SENT =
      """
      SELECT COUNT(*) FROM to_device_transactions
      WHERE user_number = ? AND device_id = ? AND type = ? AND txn_id = ?
      """;
  private static final String REMEMBER =
      """
      INSERT INTO to_device_transactions (user_number, device_id, type, txn_id, sent_at)
      VALUES (?, ?, ?, ?, ?)
      """;

  void insert(Transaction transaction, long position, long sender, Collection<Message> messages) {
    for (Message message : messages) {
      transaction.batch(
          INSERT,
          row -> {
            row.setLong(1, message.to.user);
            row.setString(2, message.to.id);
            row.setLong(3, position);
            row.setLong(4, sender);
            row.setBytes(5, message.json);
          });
    }
  }

  List<Waiting> since(Handle handle, Device device, long from, long to, int limit) {
    return handle
        .createQuery(SINCE)
        .bind("user", device.user)
        .bind("device", device.id)
        .bind("from", from)
        .bind("to", to)
        .bind("limit", limit)
        .map((row, _) -> new Waiting(row.getLong(1), row.getBytes(2)))
        .list();
  }

  /// The queues of these devices; of a device that nothing waits for there is none.
  Map<Device, Queue> queues(Handle handle, Collection<Device> devices) {
    Map<Device, Queue> found = new HashMap<>();
    handle
        .createQuery(QUEUES)
        .bindArray("users", Long.class, devices.stream().map(Device::user).toList())
        .bindArray("devices", String.class, devices.stream().map(Device::id).toList())
        .map(
            (row, _) ->
                found.put(
                    new Device(row.getLong(1), row.getString(2)),
                    new Queue(row.getLong(3), row.getLong(4), row.getLong(5))))
        .forEach(_ -> {});
    return found;
  }

  /// How many there were up to `position`.
  int deleteUpTo(Handle handle, Device device, long position) {
    return handle.execute(DELETE, device.user, device.id, position);
  }

  /// How many messages of `sender` wait for a device.
  Share share(Handle handle, Device device, long sender) {
    return handle
        .select(SHARE, device.user, device.id, sender)
        .map((row, _) -> new Share(row.getLong(1), row.getInt(2)))
        .findOne()
        .orElse(new Share(sender, 0));
  }

  /// The sender of whom most messages wait for a device.
  Optional<Share> largestShare(Handle handle, Device device) {
    return handle
        .select(LARGEST_SHARE, device.user, device.id)
        .map((row, _) -> new Share(row.getLong(1), row.getInt(2)))
        .findOne();
  }

  /// Deletes the `count` oldest messages of a share; answers how many they were.
  int deleteOldest(Handle handle, Device device, Share share, int count) {
    long next =
        handle
            .select(NTH, device.user, device.id, share.sender, count)
            .mapTo(Long.class)
            .findOne()
            .orElse(Long.MAX_VALUE);
    return handle.execute(DELETE_OF_SENDER, device.user, device.id, share.sender, next);
  }

  boolean isSent(Handle handle, Device sender, String type, String txnId) {
    return handle.select(SENT, sender.user, sender.id, type, txnId).mapTo(Long.class).one() > 0;
  }

  void rememberSent(
      Transaction transaction, Device sender, String type, String txnId, Instant now) {
    transaction.batch(
        REMEMBER,
        row -> {
          row.setLong(1, sender.user);
          row.setString(2, sender.id);
          row.setString(3, type);
          row.setString(4, txnId);
          row.setLong(5, now.toEpochMilli());
        });
  }

  void forgetSentBefore(Handle handle, Instant time) {
    handle.execute("DELETE FROM to_device_transactions WHERE sent_at < ?", time.toEpochMilli());
  }

  void deleteAll(Handle handle, Device device) {
    for (String table : List.of("to_device_messages", "to_device_transactions")) {
      handle.execute(
          "DELETE FROM " + table + " WHERE user_number = ? AND device_id = ?",
          device.user,
          device.id);
    }
  }
}
