package dev.sotto.homeserver.db;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;

/// What differs between database products.
public interface Dialect {
  /// Names of column types, for the migrations' `${...}`.
  Map<String, String> types();

  /// An insert into `table` that takes the place of a row with the same key.
  ///
  /// @param key the key's columns, comma-separated
  /// @param columns the other columns, comma-separated; each binds a named parameter of its name
  String upsert(String table, String key, String columns);

  /// The SQL expression for the next number of a sequence.
  String nextValue(String sequence);

  /// Does a little of the upkeep that the database's files need, for which no transaction may be
  /// open on `connection`, the only one that writes.
  ///
  /// @return whether there was something to do
  boolean tidy(Connection connection) throws SQLException;

  /// Forces what was committed to disk; returns when it is there.
  void force(Connection connection) throws SQLException;
}
