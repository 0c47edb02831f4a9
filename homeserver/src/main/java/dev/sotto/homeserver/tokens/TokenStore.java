package dev.sotto.homeserver.tokens;

import dev.sotto.protocol.id.DeviceId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The tables `access_tokens` and `refresh_tokens`.
final class TokenStore {
  private static final String ACCESS_COLUMNS =
      "hash, user_number, device_id, expires_at, supersedes";
  private static final String FIND_ACCESS =
      "SELECT " + ACCESS_COLUMNS + " FROM access_tokens WHERE hash = ?";
  private static final String INSERT_ACCESS =
      """
      INSERT INTO access_tokens (hash, user_number, device_id, expires_at, refresh_hash, supersedes)
      VALUES (?, ?, ?, ?, ?, ?)
      """;
  private static final String INSERT_REFRESH =
      "INSERT INTO refresh_tokens (hash, user_number, device_id, supersedes) VALUES (?, ?, ?, ?)";
  private static final String FIND_REFRESH =
      "SELECT hash, user_number, device_id, supersedes FROM refresh_tokens WHERE hash = ?";

  /// A refresh token's row.
  record RefreshToken(TokenHash hash, long user, DeviceId device, @Nullable TokenHash supersedes) {}

  Optional<AccessToken> findAccess(Handle handle, TokenHash hash) {
    return handle
        .createQuery(FIND_ACCESS)
        .bind(0, hash.value())
        .map((row, _) -> accessToken(row))
        .findOne();
  }

  Optional<RefreshToken> findRefresh(Handle handle, TokenHash hash) {
    return handle
        .createQuery(FIND_REFRESH)
        .bind(0, hash.value())
        .map(
            (row, _) ->
                new RefreshToken(
                    new TokenHash(row.getString(1)),
                    row.getLong(2),
                    new DeviceId(row.getString(3)),
                    hash(row.getString(4))))
        .findOne();
  }

  void insert(Handle handle, AccessToken token, @Nullable TokenHash refresh) {
    handle.execute(
        INSERT_ACCESS,
        token.hash().value(),
        token.user(),
        token.device().value(),
        token.expiresAt() == null ? null : token.expiresAt().toEpochMilli(),
        text(refresh),
        text(token.supersedes()));
    if (refresh != null) {
      handle.execute(
          INSERT_REFRESH,
          refresh.value(),
          token.user(),
          token.device().value(),
          text(token.supersedes()));
    }
  }

  /// Deletes a device's tokens; returns the access tokens that there were.
  List<TokenHash> deleteOfDevice(Handle handle, long user, DeviceId device) {
    String where = " WHERE user_number = ? AND device_id = ?";
    handle.execute("DELETE FROM refresh_tokens" + where, user, device.value());
    List<TokenHash> hashes =
        hashes(handle, "SELECT hash FROM access_tokens" + where, user, device.value());
    handle.execute("DELETE FROM access_tokens" + where, user, device.value());
    return hashes;
  }

  /// Ends a refresh token and the access tokens given out with it, and frees its successors from
  /// it; returns all access tokens that this touched.
  List<TokenHash> retire(Handle handle, TokenHash refresh) {
    String hash = refresh.value();
    List<TokenHash> touched =
        hashes(
            handle,
            "SELECT hash FROM access_tokens WHERE refresh_hash = ? OR supersedes = ?",
            hash,
            hash);
    handle.execute("DELETE FROM refresh_tokens WHERE hash = ?", hash);
    handle.execute("DELETE FROM access_tokens WHERE refresh_hash = ?", hash);
    handle.execute("UPDATE access_tokens SET supersedes = NULL WHERE supersedes = ?", hash);
    handle.execute("UPDATE refresh_tokens SET supersedes = NULL WHERE supersedes = ?", hash);
    return touched;
  }

  /// Deletes what a refresh token was exchanged for and was never used; returns the access tokens.
  List<TokenHash> deleteSuccessors(Handle handle, TokenHash refresh) {
    List<TokenHash> hashes =
        hashes(handle, "SELECT hash FROM access_tokens WHERE supersedes = ?", refresh.value());
    handle.execute("DELETE FROM access_tokens WHERE supersedes = ?", refresh.value());
    handle.execute("DELETE FROM refresh_tokens WHERE supersedes = ?", refresh.value());
    return hashes;
  }

  private static List<TokenHash> hashes(Handle handle, String sql, Object... arguments) {
    return handle.select(sql, arguments).map((row, _) -> new TokenHash(row.getString(1))).list();
  }

  private static AccessToken accessToken(ResultSet row) throws SQLException {
    long millis = row.getLong(4);
    Instant expiresAt = row.wasNull() ? null : Instant.ofEpochMilli(millis);
    return new AccessToken(
        new TokenHash(row.getString(1)),
        row.getLong(2),
        new DeviceId(row.getString(3)),
        expiresAt,
        hash(row.getString(5)));
  }

  private static @Nullable TokenHash hash(@Nullable String value) {
    return value == null ? null : new TokenHash(value);
  }

  private static @Nullable String text(@Nullable TokenHash hash) {
    return hash == null ? null : hash.value();
  }
}
