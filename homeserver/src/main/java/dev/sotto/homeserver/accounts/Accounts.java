package dev.sotto.homeserver.accounts;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sotto.homeserver.accounts.Account.Kind;
import dev.sotto.homeserver.accounts.AccountStore.Farewell;
import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.journal.Transaction;
import dev.sotto.homeserver.names.Users;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.UserId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The accounts of this server.
public final class Accounts {
  private static final int CACHED = 100_000;
  // Another node may have changed an account; this bounds for how long it is not noticed here.
  private static final Duration BELIEVED = Duration.ofMinutes(1);

  private final Database database;
  private final Journal journal;
  private final Users users;
  private final Passwords passwords;
  private final InstantSource clock;
  private final AccountStore store = new AccountStore();
  private final Cache<Long, Account> cache =
      Caffeine.newBuilder().maximumSize(CACHED).expireAfterWrite(BELIEVED).build();

  public Accounts(
      Database database, Journal journal, Users users, Passwords passwords, InstantSource clock) {
    this.database = database;
    this.journal = journal;
    this.users = users;
    this.passwords = passwords;
    this.clock = clock;
  }

  /// The account of a user, also one that was deactivated.
  public Optional<Account> find(UserId id) {
    return users.knownNumber(id).flatMap(this::find);
  }

  /// The account of a user by number, also one that was deactivated.
  public Optional<Account> find(long user) {
    return Optional.ofNullable(cache.get(user, this::load));
  }

  private @Nullable Account load(long user) {
    UserId id = users.id(user);
    return database.read(handle -> store.find(handle, id, user)).orElse(null);
  }

  /// Whether nobody has an account yet.
  public boolean isEmpty() {
    return database.read(store::isEmpty);
  }

  /// Whether this user, by number, has an account, as a change sees it.
  public boolean exists(Transaction transaction, long user) {
    return store.exists(transaction.handle(), user);
  }

  /// Makes an account; its user has a number already.
  ///
  /// @param passwordHash from [Passwords#hash], or null for an account without a password
  /// @throws MatrixException `M_USER_IN_USE` if there is one
  public Account create(
      Transaction transaction,
      UserId id,
      long user,
      Kind kind,
      boolean administrator,
      @Nullable String passwordHash) {
    if (store.exists(transaction.handle(), user)) {
      throw inUse();
    }
    Account account = new Account(id, user, kind, administrator, false);
    store.insert(transaction.handle(), account, passwordHash, clock.instant());
    changed(transaction, user);
    return account;
  }

  /// What is said of a name that somebody has or had.
  public static MatrixException inUse() {
    return new MatrixException(ErrorCode.M_USER_IN_USE, "This user name is taken.");
  }

  /// The account of a user who knows its password; takes as long if there is none.
  public Optional<Account> prove(UserId id, String password) {
    Optional<Account> account = find(id).filter(known -> !known.deactivated());
    Optional<String> hash =
        account.flatMap(
            known -> database.read(handle -> store.passwordHash(handle, known.number())));
    if (!passwords.matches(password, hash.orElse(null))) {
      return Optional.empty();
    }
    if (account.isPresent() && hash.isPresent() && passwords.outdated(hash.get())) {
      strengthen(account.get().number(), password, hash.get());
    }
    return account;
  }

  /// Hashes a password again at today's cost, unless it was changed meanwhile.
  private void strengthen(long user, String password, String before) {
    String hash = passwords.hash(password);
    journal.change(
        transaction -> {
          if (store.passwordHash(transaction.handle(), user).equals(Optional.of(before))) {
            store.setPasswordHash(transaction.handle(), user, hash);
          }
        });
  }

  public void setPassword(Transaction transaction, long user, String passwordHash) {
    store.setPasswordHash(transaction.handle(), user, passwordHash);
  }

  /// Ends an account for good; its name stays taken.
  public void deactivate(Transaction transaction, long user, boolean erase) {
    store.deactivate(transaction.handle(), user, erase, clock.instant());
    changed(transaction, user);
  }

  /// Deactivated accounts that have not yet gone from everywhere, each with whether to erase it.
  public Map<Long, Boolean> farewells() {
    List<Farewell> due = database.read(store::farewells);
    return due.stream().collect(Collectors.toMap(Farewell::user, Farewell::erase));
  }

  /// Notes that a deactivated account is gone from everywhere.
  public void farewellDone(long user) {
    journal.change(
        transaction -> {
          store.farewellDone(transaction.handle(), user);
        });
  }

  private void changed(Transaction transaction, long user) {
    transaction.afterCommit(() -> cache.invalidate(user));
  }
}
