package dev.sotto.homeserver.accounts;

import dev.sotto.homeserver.accounts.Account.Kind;
import dev.sotto.protocol.id.UserId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The table `accounts`.
final class AccountStore {
  private static final String FIND =
      "SELECT kind, administrator, deactivated_at IS NOT NULL FROM accounts WHERE user_number = ?";
  private static final String INSERT =
      """
      INSERT INTO accounts
        (user_number, kind, password_hash, administrator, created_at, erased, farewell_due)
      VALUES (?, ?, ?, ?, ?, FALSE, FALSE)
      """;
  private static final String DEACTIVATE =
      """
      UPDATE accounts
      SET deactivated_at = ?, erased = ?, farewell_due = TRUE, password_hash = NULL
      WHERE user_number = ?
      """;

  Optional<Account> find(Handle handle, UserId id, long user) {
    return handle
        .select(FIND, user)
        .map(
            (row, _) ->
                new Account(
                    id, user, Kind.valueOf(row.getString(1)), row.getBoolean(2), row.getBoolean(3)))
        .findOne();
  }

  boolean exists(Handle handle, long user) {
    return handle
        .select("SELECT 1 FROM accounts WHERE user_number = ?", user)
        .mapTo(Integer.class)
        .findOne()
        .isPresent();
  }

  boolean isEmpty(Handle handle) {
    return handle
        .select("SELECT user_number FROM accounts FETCH FIRST 1 ROWS ONLY")
        .mapTo(Long.class)
        .findOne()
        .isEmpty();
  }

  void insert(Handle handle, Account account, @Nullable String passwordHash, Instant now) {
    handle.execute(
        INSERT,
        account.number(),
        account.kind().name(),
        passwordHash,
        account.administrator(),
        now.toEpochMilli());
  }

  Optional<String> passwordHash(Handle handle, long user) {
    return handle
        .select("SELECT password_hash FROM accounts WHERE user_number = ?", user)
        .map((row, _) -> Optional.ofNullable(row.getString(1)))
        .findOne()
        .flatMap(hash -> hash);
  }

  void setPasswordHash(Handle handle, long user, String hash) {
    handle.execute("UPDATE accounts SET password_hash = ? WHERE user_number = ?", hash, user);
  }

  void deactivate(Handle handle, long user, boolean erase, Instant now) {
    handle.execute(DEACTIVATE, now.toEpochMilli(), erase, user);
  }

  /// A deactivated account that has not yet gone from everywhere.
  record Farewell(long user, boolean erase) {}

  List<Farewell> farewells(Handle handle) {
    return handle
        .select("SELECT user_number, erased FROM accounts WHERE farewell_due")
        .map((row, _) -> new Farewell(row.getLong(1), row.getBoolean(2)))
        .list();
  }

  void farewellDone(Handle handle, long user) {
    handle.execute("UPDATE accounts SET farewell_due = FALSE WHERE user_number = ?", user);
  }
}
