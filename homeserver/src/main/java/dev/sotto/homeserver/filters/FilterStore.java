package dev.sotto.homeserver.filters;

import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.journal.Transaction;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// The table of uploaded filters.
final class FilterStore {
  private static final String FIND =
      "SELECT definition FROM filters WHERE user_number = ? AND filter_id = ?";
  private static final String INSERT =
      "INSERT INTO filters (user_number, filter_id, definition) VALUES (?, ?, ?)";

  private static final String COUNT = "SELECT COUNT(*) FROM filters WHERE user_number = ?";

  private final Database database;

  FilterStore(Database database) {
    this.database = database;
  }

  Optional<byte[]> find(long user, String filterId) {
    return database.read(handle -> find(handle, user, filterId));
  }

  /// Whether the filter is there now; false if the user has `max` others.
  boolean insertIfAbsent(
      Transaction transaction, long user, String filterId, byte[] definition, int max) {
    Handle handle = transaction.handle();
    if (find(handle, user, filterId).isPresent()) {
      return true;
    }
    if (handle.select(COUNT, user).mapTo(Long.class).one() >= max) {
      return false;
    }
    return handle.execute(INSERT, user, filterId, definition) == 1;
  }

  private static Optional<byte[]> find(Handle handle, long user, String filterId) {
    return handle.createQuery(FIND).bind(0, user).bind(1, filterId).mapTo(byte[].class).findOne();
  }
}
