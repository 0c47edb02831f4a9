package dev.sotto.homeserver.db;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/// The embedded database.
final class H2Dialect implements Dialect {
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

  @Override
  public void force(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("CHECKPOINT SYNC");
    }
  }
}
