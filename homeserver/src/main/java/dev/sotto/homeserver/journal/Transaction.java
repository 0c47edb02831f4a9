package dev.sotto.homeserver.journal;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/// The writer's transaction as one change sees it. Only for the thread that runs the change.
public final class Transaction {
  /// Fills in the parameters of one row.
  @FunctionalInterface
  public interface Binder {
    void bind(PreparedStatement row) throws SQLException;
  }

  private final Handle handle;
  private final Map<String, PreparedStatement> prepared;
  private final Map<String, PreparedStatement> unsent = new LinkedHashMap<>();
  private final List<Row> rows = new ArrayList<>();
  private final List<Runnable> hooks = new ArrayList<>();
  private long last;
  private boolean batched;
  private boolean broken;
  private Runnable onFirstUse = () -> {};

  Transaction(Handle handle, Map<String, PreparedStatement> prepared, long head) {
    this.handle = handle;
    this.prepared = prepared;
    this.last = head;
  }

  /// The writer's connection, for reading and writing; sees all that this transaction wrote.
  public Handle handle() {
    flush();
    onFirstUse.run();
    onFirstUse = () -> {};
    return handle;
  }

  /// Adds a row to a batch of `sql` with positional parameters, sent before anything reads or the
  /// transaction commits: for the hot path.
  public void batch(String sql, Binder binder) {
    try {
      PreparedStatement statement = prepared.get(sql);
      if (statement == null) {
        statement = handle.getConnection().prepareStatement(sql);
        prepared.put(sql, statement);
      }
      binder.bind(statement);
      statement.addBatch();
      unsent.put(sql, statement);
      batched = true;
    } catch (SQLException e) {
      throw new JournalException("a row could not be added", e);
    }
  }

  /// The next position of the order, for a row of `stream` whose topics' watchers are to hear of it
  /// once it is published.
  public long append(Stream stream, long... topics) {
    last++;
    rows.add(new Row(last, stream, topics));
    return last;
  }

  /// The last position given out so far, by this change or by one before it.
  public long lastPosition() {
    return last;
  }

  /// Runs when the change is on disk, before its position is published and its request answered:
  /// for what is held in memory. It must be quick, and it must not throw or write.
  public void afterCommit(Runnable hook) {
    hooks.add(hook);
  }

  /// Runs `action` before the running change first gets the connection.
  void onFirstUse(Runnable action) {
    onFirstUse = action;
  }

  void flush() {
    if (unsent.isEmpty()) {
      return;
    }
    try {
      for (PreparedStatement statement : unsent.values()) {
        statement.executeBatch();
      }
    } catch (SQLException e) {
      // The rows may be those of an earlier change, so the whole batch has failed.
      broken = true;
      discard();
      throw new JournalException("rows could not be written", e);
    }
    unsent.clear();
  }

  /// Whether rows of any change were lost, so that nothing of this transaction may be committed.
  boolean broken() {
    return broken;
  }

  /// Forgets rows that were batched and not sent.
  void discard() {
    for (PreparedStatement statement : unsent.values()) {
      try {
        statement.clearBatch();
      } catch (SQLException e) {
        throw new JournalException("rows could not be taken back", e);
      }
    }
    unsent.clear();
  }

  /// Where a change starts, so that it can be undone without those before it.
  record Mark(long last, int rows, int hooks) {}

  Mark mark() {
    batched = false;
    return new Mark(last, rows.size(), hooks.size());
  }

  /// Takes back what came after `mark` in memory; the caller undoes the database's side.
  void undo(Mark mark) {
    last = mark.last;
    rows.subList(mark.rows, rows.size()).clear();
    hooks.subList(mark.hooks, hooks.size()).clear();
  }

  /// Whether the running change has batched rows.
  boolean batched() {
    return batched;
  }

  List<Row> rows() {
    return rows;
  }

  List<Runnable> hooks() {
    return hooks;
  }
}
