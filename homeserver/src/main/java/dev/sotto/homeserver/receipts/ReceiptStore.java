package dev.sotto.homeserver.receipts;

import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.journal.Transaction;
import dev.sotto.homeserver.names.Users;
import dev.sotto.protocol.id.EventId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/// The table of receipts.
final class ReceiptStore {
  private static final String UNTHREADED = "";

  private static final String EVENT_POSITION =
      """
      SELECT event_position FROM receipts
      WHERE room_number = ? AND user_number = ? AND private = ? AND thread_id = ?
      """;
  private static final String OF_USER =
      "SELECT room_number, thread_id, event_position FROM receipts WHERE user_number = ?";
  private static final String IN_ROOMS =
      """
      SELECT room_number, user_number, private, thread_id, event_id, ts FROM receipts
      WHERE room_number IN (<rooms>) AND position > :from AND position <= :to
        AND (private = FALSE OR user_number = :viewer)
      ORDER BY position
      """;
  private static final String PRIVATE_SINCE =
      """
      SELECT room_number, user_number, private, thread_id, event_id, ts FROM receipts
      WHERE user_number = :viewer AND private = TRUE AND position > :from AND position <= :to
      ORDER BY position
      """;

  // An IN list this long still is one plan of the database; longer ones are asked in parts.
  private static final int ROOMS_AT_ONCE = 500;

  private final Database database;
  private final Users users;
  private final String upsert;

  ReceiptStore(Database database, Users users) {
    this.database = database;
    this.users = users;
    this.upsert =
        database
            .dialect()
            .upsert(
                "receipts",
                "room_number, user_number, private, thread_id",
                "event_id, event_position, ts, position");
  }

  /// The position of the event that such a receipt stands at, or 0 if there is none.
  long eventPosition(
      Transaction transaction, long room, long user, boolean isPrivate, @Nullable String thread) {
    return transaction
        .handle()
        .createQuery(EVENT_POSITION)
        .bind(0, room)
        .bind(1, user)
        .bind(2, isPrivate)
        .bind(3, thread == null ? UNTHREADED : thread)
        .mapTo(Long.class)
        .findOne()
        .orElse(0L);
  }

  void put(
      Transaction transaction,
      long room,
      long user,
      Receipt receipt,
      long eventPosition,
      long position) {
    transaction
        .handle()
        .createUpdate(upsert)
        .bind("room_number", room)
        .bind("user_number", user)
        .bind("private", receipt.isPrivate())
        .bind("thread_id", receipt.thread() == null ? UNTHREADED : receipt.thread())
        .bind("event_id", receipt.event().value())
        .bind("event_position", eventPosition)
        .bind("ts", receipt.ts())
        .bind("position", position)
        .execute();
  }

  /// How far a user has read, by the number of the room.
  Map<Long, ReadMarks> marks(long user) {
    return database.read(
        handle -> {
          Map<Long, ReadMarks> marks = new HashMap<>();
          handle
              .createQuery(OF_USER)
              .bind(0, user)
              .map(
                  (row, _) ->
                      marks.merge(
                          row.getLong("room_number"),
                          ReadMarks.NONE.with(
                              thread(row.getString("thread_id")), row.getLong("event_position")),
                          (a, b) -> a.merge(b)))
              .list();
          return marks;
        });
  }

  /// The receipts of (from, to] in these rooms that `viewer` may see, by the number of the room.
  Map<Long, List<Receipt>> inRooms(Collection<Long> rooms, long viewer, long from, long to) {
    Map<Long, List<Receipt>> found = new HashMap<>();
    List<Long> all = List.copyOf(rooms);
    for (int i = 0; i < all.size(); i += ROOMS_AT_ONCE) {
      List<Long> part = all.subList(i, Math.min(all.size(), i + ROOMS_AT_ONCE));
      database.read(
          handle ->
              collect(
                  handle
                      .createQuery(IN_ROOMS)
                      .bindList("rooms", part)
                      .bind("viewer", viewer)
                      .bind("from", from)
                      .bind("to", to),
                  found));
    }
    return found;
  }

  /// The private receipts of `viewer` of (from, to], by the number of the room.
  Map<Long, List<Receipt>> privateSince(long viewer, long from, long to) {
    return database.read(
        handle ->
            collect(
                handle
                    .createQuery(PRIVATE_SINCE)
                    .bind("viewer", viewer)
                    .bind("from", from)
                    .bind("to", to),
                new HashMap<>()));
  }

  private Map<Long, List<Receipt>> collect(Query query, Map<Long, List<Receipt>> into) {
    record Row(long room, long user, boolean isPrivate, String thread, String event, long ts) {}
    List<Row> rows =
        query
            .map(
                (row, _) ->
                    new Row(
                        row.getLong("room_number"),
                        row.getLong("user_number"),
                        row.getBoolean("private"),
                        row.getString("thread_id"),
                        row.getString("event_id"),
                        row.getLong("ts")))
            .list();
    for (Row row : rows) {
      into.computeIfAbsent(row.room, _ -> new ArrayList<>())
          .add(
              new Receipt(
                  users.id(row.user),
                  row.isPrivate,
                  thread(row.thread),
                  new EventId(row.event),
                  row.ts));
    }
    return into;
  }

  private static @Nullable String thread(String stored) {
    return stored.equals(UNTHREADED) ? null : stored;
  }
}
