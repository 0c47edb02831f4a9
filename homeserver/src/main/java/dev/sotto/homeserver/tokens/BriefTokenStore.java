package dev.sotto.homeserver.tokens;

import dev.sotto.homeserver.tokens.BriefTokens.Purpose;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// The table `brief_tokens`.
final class BriefTokenStore {
  private static final String INSERT =
      "INSERT INTO brief_tokens (hash, purpose, user_number, expires_at) VALUES (?, ?, ?, ?)";
  private static final String FIND =
      "SELECT user_number FROM brief_tokens WHERE hash = ? AND purpose = ? AND expires_at > ?";

  private static final String DELETE_OLDEST =
      """
      DELETE FROM brief_tokens WHERE user_number = :user AND purpose = :purpose
        AND expires_at < (SELECT expires_at FROM brief_tokens
          WHERE user_number = :user AND purpose = :purpose
          ORDER BY expires_at DESC OFFSET :others ROWS FETCH FIRST ROW ONLY)
      """;

  void insert(Handle handle, TokenHash hash, Purpose purpose, long user, Instant expiresAt) {
    handle.execute(INSERT, hash.value(), purpose.name(), user, expiresAt.toEpochMilli());
  }

  Optional<Long> find(Handle handle, TokenHash hash, Purpose purpose, Instant now) {
    return handle
        .select(FIND, hash.value(), purpose.name(), now.toEpochMilli())
        .mapTo(Long.class)
        .findOne();
  }

  void delete(Handle handle, TokenHash hash) {
    handle.execute("DELETE FROM brief_tokens WHERE hash = ?", hash.value());
  }

  void deleteExpired(Handle handle, Instant now) {
    handle.execute("DELETE FROM brief_tokens WHERE expires_at <= ?", now.toEpochMilli());
  }

  /// Deletes a user's tokens of a purpose but the newest `kept`.
  void deleteOldest(Handle handle, Purpose purpose, long user, int kept) {
    handle
        .createUpdate(DELETE_OLDEST)
        .bind("user", user)
        .bind("purpose", purpose.name())
        .bind("others", kept - 1)
        .execute();
  }

  void deleteOf(Handle handle, long user) {
    handle.execute("DELETE FROM brief_tokens WHERE user_number = ?", user);
  }
}
