package dev.sotto.homeserver.db;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.h2.engine.Session;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.h2.mvstore.MVStore;

/// The embedded database.
final class H2Dialect implements Dialect {
  private static final int FILL_RATE_PERCENT = 50;
  private static final int TIDIED_BYTES = 256 * 1024;

  @Override
  public Map<String, String> types() {
    return Map.of("bytes", "VARBINARY(1048576)", "text", "CHARACTER VARYING");
  }

  @Override
  public String upsert(String table, String key, String columns) {
    String all = key + ", " + columns;
    String values =
        Arrays.stream(all.split(",\\s*")).map(c -> ":" + c).collect(Collectors.joining(", "));
    return "MERGE INTO " + table + " (" + all + ") KEY (" + key + ") VALUES (" + values + ")";
  }

  @Override
  public String nextValue(String sequence) {
    return "NEXT VALUE FOR " + sequence;
  }

  /// Every commit writes the pages it touched to a new place. H2 moves together what is left of old
  /// commits in a thread of its own, but not where commits are written at once, and then its file
  /// only grows.
  @Override
  public boolean tidy(Connection connection) throws SQLException {
    Session session = connection.unwrap(JdbcConnection.class).getSession();
    MVStore file = ((SessionLocal) session).getDatabase().getStore().getMvStore();
    return file.compact(FILL_RATE_PERCENT, TIDIED_BYTES);
  }

  @Override
  public void force(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("CHECKPOINT SYNC");
    }
  }
}
