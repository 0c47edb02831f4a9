package dev.sotto.homeserver.accountdata;

import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.journal.Stream;
import dev.sotto.homeserver.journal.Topics;
import dev.sotto.homeserver.journal.Transaction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The table of account data.
final class AccountDataStore {
  /// The room number of what belongs to no room.
  static final long GLOBAL = 0;

  private static final byte[] DELETED = {'{', '}'};

  private static final String FIND =
      """
      SELECT content FROM account_data
      WHERE user_number = ? AND room_number = ? AND type = ? AND content IS NOT NULL
      """;
  private static final String OF_ROOM =
      """
      SELECT room_number, type, content FROM account_data
      WHERE user_number = ? AND room_number = ? AND content IS NOT NULL AND position <= ?
      ORDER BY position
      """;
  private static final String OF_ROOMS =
      """
      SELECT room_number, type, content FROM account_data
      WHERE user_number = ? AND room_number <> 0 AND content IS NOT NULL AND position <= ?
      ORDER BY position
      """;
  private static final String SINCE =
      """
      SELECT room_number, type, content FROM account_data
      WHERE user_number = ? AND position > ? AND position <= ?
      ORDER BY position
      """;

  private static final String IS_THERE =
      """
      SELECT COUNT(*) FROM account_data
      WHERE user_number = ? AND room_number = ? AND type = ?
      """;
  private static final String COUNT =
      "SELECT COUNT(*) FROM account_data WHERE user_number = ? AND room_number = ?";
  private static final String DELETE_ALL = "DELETE FROM account_data WHERE user_number = ?";

  private final Database database;
  private final String upsert;

  AccountDataStore(Database database) {
    this.database = database;
    this.upsert =
        database
            .dialect()
            .upsert("account_data", "user_number, room_number, type", "content, position");
  }

  Optional<byte[]> find(long user, long room, String type) {
    return database.read(handle -> find(handle, user, room, type));
  }

  Optional<byte[]> find(Handle handle, long user, long room, String type) {
    return handle
        .createQuery(FIND)
        .bind(0, user)
        .bind(1, room)
        .bind(2, type)
        .mapTo(byte[].class)
        .findOne();
  }

  /// Whether a piece is there, or was.
  boolean isThere(Handle handle, long user, long room, String type) {
    return handle.select(IS_THERE, user, room, type).mapTo(Long.class).one() > 0;
  }

  /// How many pieces there are or were.
  long count(Handle handle, long user, long room) {
    return handle.select(COUNT, user, room).mapTo(Long.class).one();
  }

  /// Sets a piece, or with null deletes it.
  void put(Transaction transaction, long user, long room, String type, byte @Nullable [] content) {
    transaction
        .handle()
        .createUpdate(upsert)
        .bind("user_number", user)
        .bind("room_number", room)
        .bind("type", type)
        .bind("content", content)
        .bind("position", transaction.append(Stream.ACCOUNT_DATA, Topics.user(user)))
        .execute();
  }

  void deleteAll(Transaction transaction, long user) {
    transaction.handle().execute(DELETE_ALL, user);
  }

  List<AccountDataEvent> ofRoom(long user, long room, long to) {
    return query(OF_ROOM, user, room, to).getOrDefault(room, List.of());
  }

  Map<Long, List<AccountDataEvent>> ofRooms(long user, long to) {
    return query(OF_ROOMS, user, to);
  }

  Map<Long, List<AccountDataEvent>> since(long user, long from, long to) {
    return query(SINCE, user, from, to);
  }

  private Map<Long, List<AccountDataEvent>> query(String sql, long... parameters) {
    return database.read(
        handle -> {
          var query = handle.createQuery(sql);
          for (int i = 0; i < parameters.length; i++) {
            query.bind(i, parameters[i]);
          }
          Map<Long, List<AccountDataEvent>> byRoom = new LinkedHashMap<>();
          query
              .map(
                  (row, _) -> {
                    byte[] content = row.getBytes("content");
                    return byRoom
                        .computeIfAbsent(row.getLong("room_number"), _ -> new ArrayList<>())
                        .add(
                            new AccountDataEvent(
                                row.getString("type"), content == null ? DELETED : content));
                  })
              .list();
          return byRoom;
        });
  }
}
