package dev.sotto.homeserver.profiles;

import dev.sotto.homeserver.db.Database;
import dev.sotto.protocol.json.Json;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import tools.jackson.databind.JsonNode;

/// The tables of profiles and of the words that they are found by.
final class ProfileStore {
  private static final String READ = "SELECT field, content FROM profiles WHERE user_number = ?";
  private static final String DELETE = "DELETE FROM profiles WHERE user_number = ? AND field = ?";
  private static final String DELETE_ALL = "DELETE FROM profiles WHERE user_number = ?";
  private static final String FORGET_WORDS = "DELETE FROM profile_words WHERE user_number = ?";
  private static final String ADD_WORD =
      "INSERT INTO profile_words (word, user_number) VALUES (?, ?)";
  private static final String WITH_PREFIX =
      """
      SELECT DISTINCT user_number FROM profile_words WHERE word >= ? AND word < ?
      ORDER BY user_number LIMIT ?
      """;

  private final Database database;
  private final String upsert;

  ProfileStore(Database database) {
    this.database = database;
    this.upsert = database.dialect().upsert("profiles", "user_number, field", "content");
  }

  Profile read(long user) {
    return database.read(handle -> read(handle, user));
  }

  Profile read(Handle handle, long user) {
    Map<String, JsonNode> fields = new HashMap<>();
    handle
        .createQuery(READ)
        .bind(0, user)
        .map((row, _) -> fields.put(row.getString(1), Json.parse(row.getBytes(2))))
        .list();
    return fields.isEmpty() ? Profile.EMPTY : new Profile(fields);
  }

  void put(Handle handle, long user, String field, JsonNode value) {
    handle
        .createUpdate(upsert)
        .bind("user_number", user)
        .bind("field", field)
        .bind("content", Json.bytes(value))
        .execute();
  }

  void delete(Handle handle, long user, String field) {
    handle.execute(DELETE, user, field);
  }

  void deleteAll(Handle handle, long user) {
    handle.execute(DELETE_ALL, user);
    handle.execute(FORGET_WORDS, user);
  }

  /// Sets by which words a user is found.
  void index(Handle handle, long user, Collection<String> words) {
    handle.execute(FORGET_WORDS, user);
    if (words.isEmpty()) {
      return;
    }
    try (PreparedBatch batch = handle.prepareBatch(ADD_WORD)) {
      words.forEach(word -> batch.bind(0, word).bind(1, user).add());
      batch.execute();
    }
  }

  /// The users who have a word with this beginning.
  List<Long> withPrefix(String prefix, int limit) {
    return database.read(
        handle ->
            handle
                .createQuery(WITH_PREFIX)
                .bind(0, prefix)
                .bind(1, prefix + Character.MAX_VALUE)
                .bind(2, limit)
                .mapTo(Long.class)
                .list());
  }
}
