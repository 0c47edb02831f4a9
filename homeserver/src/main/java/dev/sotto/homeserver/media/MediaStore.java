package dev.sotto.homeserver.media;

import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.journal.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The table of content and of ids that are reserved for some.
final class MediaStore {
  private static final String FIND =
      """
      SELECT user_number, expires_ts, file, content_type, file_name, size_bytes
      FROM media WHERE media_id = ?
      """;
  private static final String INSERT =
      """
      INSERT INTO media
        (media_id, user_number, created_ts, file, content_type, file_name, size_bytes)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """;
  private static final String RESERVE =
      "INSERT INTO media (media_id, user_number, created_ts, expires_ts) VALUES (?, ?, ?, ?)";
  private static final String FILL =
      """
      UPDATE media SET expires_ts = NULL, file = ?, content_type = ?, file_name = ?, size_bytes = ?
      WHERE media_id = ? AND file IS NULL
      """;
  private static final String DELETE_EXPIRED = "DELETE FROM media WHERE expires_ts <= ?";
  private static final String RESERVED =
      """
      SELECT COUNT(*) AS reserved, COALESCE(MIN(expires_ts), 0) AS first FROM media
      WHERE user_number = ? AND expires_ts > ?
      """;

  private static final String USAGE = "SELECT size_bytes FROM media_usage WHERE user_number = ?";
  private static final String ADD_USAGE =
      "UPDATE media_usage SET size_bytes = size_bytes + ? WHERE user_number = ?";
  private static final String FIRST_USAGE =
      "INSERT INTO media_usage (size_bytes, user_number) VALUES (?, ?)";

  /// What is known of an id.
  ///
  /// @param expires when the reservation ends; 0 where there is content
  record Row(long owner, long expires, @Nullable MediaFile content) {}

  /// How many ids a user has reserved and not used, and when the first of them ends.
  record Reserved(int count, long firstExpires) {}

  private final Database database;

  MediaStore(Database database) {
    this.database = database;
  }

  Optional<Row> find(String mediaId) {
    return database.read(
        handle -> handle.createQuery(FIND).bind(0, mediaId).map((row, _) -> read(row)).findOne());
  }

  void insert(Transaction transaction, String mediaId, long owner, long now, MediaFile content) {
    transaction
        .handle()
        .execute(
            INSERT,
            mediaId,
            owner,
            now,
            content.file(),
            content.label().contentType(),
            content.label().fileName(),
            content.sizeBytes());
  }

  void reserve(Transaction transaction, String mediaId, long owner, long now, long expires) {
    transaction.handle().execute(RESERVE, mediaId, owner, now, expires);
  }

  /// Gives a reserved id its content; false if it has some, or is no longer reserved.
  boolean fill(Transaction transaction, String mediaId, MediaFile content) {
    return transaction
            .handle()
            .execute(
                FILL,
                content.file(),
                content.label().contentType(),
                content.label().fileName(),
                content.sizeBytes(),
                mediaId)
        == 1;
  }

  void deleteExpired(Transaction transaction, long now) {
    transaction.handle().execute(DELETE_EXPIRED, now);
  }

  Reserved reserved(Transaction transaction, long owner, long now) {
    Handle handle = transaction.handle();
    return handle
        .createQuery(RESERVED)
        .bind(0, owner)
        .bind(1, now)
        .map((row, _) -> new Reserved(row.getInt("reserved"), row.getLong("first")))
        .one();
  }

  /// What the content of a user takes, in bytes.
  long usage(long owner) {
    return database.read(handle -> usage(handle, owner));
  }

  private static long usage(Handle handle, long owner) {
    return handle.select(USAGE, owner).mapTo(Long.class).findOne().orElse(0L);
  }

  /// Counts content of a user in, and answers what it takes in all.
  long addUsage(Transaction transaction, long owner, long bytes) {
    Handle handle = transaction.handle();
    if (handle.execute(ADD_USAGE, bytes, owner) == 0) {
      handle.execute(FIRST_USAGE, bytes, owner);
    }
    return usage(handle, owner);
  }

  private static Row read(ResultSet row) throws SQLException {
    String file = row.getString("file");
    MediaFile content =
        file == null
            ? null
            : new MediaFile(
                file,
                new MediaLabel(row.getString("content_type"), row.getString("file_name")),
                row.getLong("size_bytes"));
    return new Row(row.getLong("user_number"), row.getLong("expires_ts"), content);
  }
}
