package dev.sotto.homeserver.accounts;

import dev.sotto.homeserver.tokens.TokenHash;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The table `registration_tokens`.
final class RegistrationTokenStore {
  private static final String FIND =
      """
      SELECT makes_administrator FROM registration_tokens
      WHERE hash = ? AND (uses_left IS NULL OR uses_left > 0)
        AND (expires_at IS NULL OR expires_at > ?)
      """;
  private static final String INSERT =
      """
      INSERT INTO registration_tokens
        (hash, uses_left, expires_at, makes_administrator, created_at)
      VALUES (?, ?, ?, ?, ?)
      """;
  private static final String USE =
      "UPDATE registration_tokens SET uses_left = uses_left - 1 WHERE hash = ?";

  /// Whether a token that is good now makes an administrator; empty if it is not good.
  Optional<Boolean> find(Handle handle, TokenHash hash, Instant now) {
    return handle.select(FIND, hash.value(), now.toEpochMilli()).mapTo(Boolean.class).findOne();
  }

  void insert(
      Handle handle,
      TokenHash hash,
      @Nullable Long uses,
      @Nullable Instant expiresAt,
      boolean makesAdministrator,
      Instant now) {
    handle.execute(
        INSERT,
        hash.value(),
        uses,
        expiresAt == null ? null : expiresAt.toEpochMilli(),
        makesAdministrator,
        now.toEpochMilli());
  }

  boolean exists(Handle handle, TokenHash hash) {
    return handle
        .select("SELECT 1 FROM registration_tokens WHERE hash = ?", hash.value())
        .mapTo(Integer.class)
        .findOne()
        .isPresent();
  }

  /// Whether there was such a token.
  boolean delete(Handle handle, TokenHash hash) {
    return handle.execute("DELETE FROM registration_tokens WHERE hash = ?", hash.value()) > 0;
  }

  void use(Handle handle, TokenHash hash) {
    handle.execute(USE, hash.value());
  }

  void deleteThoseOfAdministrators(Handle handle) {
    handle.execute("DELETE FROM registration_tokens WHERE makes_administrator");
  }
}
