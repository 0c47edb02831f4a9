package dev.sotto.homeserver.journal;

import dev.sotto.homeserver.db.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.HashMap;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The journal's side of the database: one connection, its transactions and the stored head.
final class Writer implements AutoCloseable {
  private static final String STORE_HEAD = "UPDATE stream_head SET position = ?";

  private final Database database;
  private final Handle handle;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();
  private @Nullable Transaction current;
  private @Nullable Savepoint savepoint;

  Writer(Database database) {
    this.database = database;
    this.handle = database.openWriter();
    try {
      connection().setAutoCommit(false);
    } catch (SQLException e) {
      throw new JournalException("the database cannot be written", e);
    }
  }

  /// The last position that was committed.
  long head() {
    long head = handle.createQuery("SELECT position FROM stream_head").mapTo(Long.class).one();
    rollback();
    return head;
  }

  Transaction begin(long head) {
    current = new Transaction(handle, prepared, head);
    return current;
  }

  /// Marks the place to which a failing change is undone. Rows still batched belong to changes
  /// before it, so they are sent first; a change that only batches rows costs no savepoint.
  void savepoint(Transaction transaction) {
    savepoint = null;
    transaction.onFirstUse(
        () -> {
          try {
            savepoint = connection().setSavepoint();
          } catch (SQLException e) {
            throw new JournalException("no savepoint can be set", e);
          }
        });
  }

  void rollbackToSavepoint() {
    if (savepoint != null) {
      try {
        connection().rollback(savepoint);
      } catch (SQLException e) {
        throw new JournalException("a change could not be undone", e);
      }
    }
  }

  void commit(Transaction transaction) {
    if (!transaction.rows().isEmpty()) {
      transaction.batch(STORE_HEAD, row -> row.setLong(1, transaction.lastPosition()));
    }
    transaction.flush();
    try {
      connection().commit();
    } catch (SQLException e) {
      throw new JournalException("a transaction could not be committed", e);
    }
    current = null;
  }

  /// Forces what was committed to disk.
  void force() throws SQLException {
    database.dialect().force(connection());
  }

  /// Notes that the database may not be what it should be.
  void suspect() {
    database.suspect();
  }

  /// Does some upkeep of the database's files; true if there was some to do.
  boolean tidy() throws SQLException {
    return database.dialect().tidy(connection());
  }

  void rollback() {
    if (current != null) {
      current.discard();
      current = null;
    }
    try {
      connection().rollback();
    } catch (SQLException e) {
      throw new JournalException("a transaction could not be rolled back", e);
    }
  }

  private Connection connection() {
    return handle.getConnection();
  }

  @Override
  public void close() {
    rollback();
    try {
      connection().setAutoCommit(true);
    } catch (SQLException e) {
      throw new JournalException("the database could not be left in order", e);
    }
    handle.close();
  }
}
