package dev.sotto.homeserver.reports;

import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.journal.Transaction;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The table of reports.
final class ReportStore {
  private static final String NEXT_ID = "SELECT COALESCE(MAX(id), 0) + 1 FROM reports";
  private static final String INSERT =
      """
      INSERT INTO reports
        (id, reporter_number, room_id, event_id, user_id, reason, reported_at)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """;
  private static final String DELETE_SAME =
      """
      DELETE FROM reports
      WHERE reporter_number = ? AND room_id = ? AND event_id = ? AND user_id = ?
      """;
  private static final String COUNT_SINCE =
      "SELECT COUNT(*) FROM reports WHERE reporter_number = ? AND reported_at > ?";
  private static final String PAGE =
      """
      SELECT r.id, u.user_id AS reporter, r.room_id, r.event_id, r.user_id, r.reason, r.reported_at
      FROM reports r JOIN users u ON u.number = r.reporter_number
      WHERE r.id < ? ORDER BY r.id DESC LIMIT ?
      """;

  private final Database database;

  ReportStore(Database database) {
    this.database = database;
  }

  /// A report without an id; an id that it is not about is empty.
  record Row(String roomId, String eventId, String userId, @Nullable String reason) {}

  /// Writes a report in the place of one of the same thing by the same user.
  void put(Transaction transaction, long reporter, Row row, long now) {
    transaction.handle().execute(DELETE_SAME, reporter, row.roomId, row.eventId, row.userId);
    long id = transaction.handle().createQuery(NEXT_ID).mapTo(Long.class).one();
    transaction
        .handle()
        .execute(INSERT, id, reporter, row.roomId, row.eventId, row.userId, row.reason, now);
  }

  int countSince(Transaction transaction, long reporter, long after) {
    return transaction
        .handle()
        .createQuery(COUNT_SINCE)
        .bind(0, reporter)
        .bind(1, after)
        .mapTo(Integer.class)
        .one();
  }

  /// The newest reports with an id below `before`, newest first.
  List<Report> page(long before, int limit) {
    return database.read(
        handle ->
            handle
                .createQuery(PAGE)
                .bind(0, before)
                .bind(1, limit)
                .map(
                    (row, _) ->
                        new Report(
                            row.getLong("id"),
                            row.getString("reporter"),
                            present(row.getString("room_id")),
                            present(row.getString("event_id")),
                            present(row.getString("user_id")),
                            row.getString("reason"),
                            row.getLong("reported_at")))
                .list());
  }

  private static @Nullable String present(String id) {
    return id.isEmpty() ? null : id;
  }
}
