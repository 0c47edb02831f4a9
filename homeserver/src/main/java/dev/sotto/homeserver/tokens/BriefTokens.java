package dev.sotto.homeserver.tokens;

import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.journal.Transaction;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/// Tokens with a short life and one purpose, no use as access tokens.
public final class BriefTokens {
  /// What a token is good for, and for how long.
  public enum Purpose {
    /// One login on another device.
    LOGIN("sotto_lt_", Duration.ofMinutes(2)),
    /// Proving to another service who one is.
    OPENID("sotto_ot_", Duration.ofHours(1));

    private final String prefix;
    private final Duration lifetime;

    Purpose(String prefix, Duration lifetime) {
      this.prefix = prefix;
      this.lifetime = lifetime;
    }

    public Duration lifetime() {
      return lifetime;
    }
  }

  private static final int MAX_PER_USER = 100;

  private final Database database;
  private final Journal journal;
  private final SecureRandom random;
  private final InstantSource clock;
  private final BriefTokenStore store = new BriefTokenStore();

  public BriefTokens(Database database, Journal journal, SecureRandom random, InstantSource clock) {
    this.database = database;
    this.journal = journal;
    this.random = random;
    this.clock = clock;
  }

  /// A new token for a user, by number. Those that have run out are cleared away with it, and the
  /// oldest of a user who has very many.
  public Token issue(Purpose purpose, long user) {
    Token token = Token.random(purpose.prefix, random);
    Instant now = clock.instant();
    journal.change(
        transaction -> {
          store.deleteExpired(transaction.handle(), now);
          store.insert(
              transaction.handle(), token.hash(), purpose, user, now.plus(purpose.lifetime));
          store.deleteOldest(transaction.handle(), purpose, user, MAX_PER_USER);
        });
    return token;
  }

  /// The user of a token that is good for this purpose.
  public Optional<Long> find(Purpose purpose, String text) {
    return database.read(
        handle -> store.find(handle, TokenHash.of(text), purpose, clock.instant()));
  }

  /// The user of a token that is good for this purpose, which uses it up.
  public Optional<Long> take(Purpose purpose, String text) {
    TokenHash hash = TokenHash.of(text);
    if (find(purpose, text).isEmpty()) {
      return Optional.empty();
    }
    return journal.write(
        transaction -> {
          Optional<Long> user = store.find(transaction.handle(), hash, purpose, clock.instant());
          store.delete(transaction.handle(), hash);
          return user;
        });
  }

  /// Ends all brief tokens of a user.
  public void revokeAll(Transaction transaction, long user) {
    store.deleteOf(transaction.handle(), user);
  }
}
