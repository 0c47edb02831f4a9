package dev.sotto.homeserver.tokens;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.journal.Transaction;
import dev.sotto.homeserver.tokens.IssuedTokens.Renewal;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.DeviceId;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Access and refresh tokens of devices.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#refreshing-access-tokens
public final class Tokens {
  private static final int CACHED = 100_000;
  // Another node may have ended a token; this bounds for how long it is still believed here.
  private static final Duration BELIEVED = Duration.ofMinutes(1);
  private static final String ACCESS_PREFIX = "sotto_at_";
  private static final String REFRESH_PREFIX = "sotto_rt_";

  private final Database database;
  private final Journal journal;
  private final SecureRandom random;
  private final InstantSource clock;
  private final Duration accessLifetime;
  private final TokenStore store = new TokenStore();

  // Loading happens inside the cache's own lock on the key, for which a later invalidation waits:
  // a token that is ended while it is being looked up does not stay behind.
  private final Cache<TokenHash, AccessToken> cache =
      Caffeine.newBuilder().maximumSize(CACHED).expireAfterWrite(BELIEVED).build();

  /// @param accessLifetime how long an access token is good for that can be refreshed
  public Tokens(
      Database database,
      Journal journal,
      SecureRandom random,
      InstantSource clock,
      Duration accessLifetime) {
    this.database = database;
    this.journal = journal;
    this.random = random;
    this.clock = clock;
    this.accessLifetime = accessLifetime;
  }

  /// The access token behind this text, which counts as a use of it.
  ///
  /// @throws MatrixException `M_UNKNOWN_TOKEN`, with `soft_logout` if it only has to be refreshed
  public AccessToken use(String text) {
    TokenHash hash = TokenHash.of(text);
    AccessToken token = cache.get(hash, this::load);
    if (token == null) {
      throw unknown("This access token is not known.");
    }
    if (token.expired(clock.instant())) {
      throw new MatrixException(
          ErrorCode.M_UNKNOWN_TOKEN,
          "This access token has expired; refresh it.",
          Map.of("soft_logout", true));
    }
    TokenHash supersedes = token.supersedes();
    if (supersedes != null) {
      journal.change(
          transaction -> {
            retire(transaction, supersedes);
          });
    }
    return token;
  }

  private @Nullable AccessToken load(TokenHash hash) {
    return database.read(handle -> store.findAccess(handle, hash)).orElse(null);
  }

  /// Gives a device new tokens, which end those it had.
  ///
  /// @param refreshable whether its client can refresh; only then does the access token expire
  public IssuedTokens issue(
      Transaction transaction, long user, DeviceId device, boolean refreshable) {
    revoke(transaction, user, device);
    return refreshable
        ? issuePair(transaction, user, device, null)
        : issueLasting(transaction, user, device);
  }

  private IssuedTokens issueLasting(Transaction transaction, long user, DeviceId device) {
    Token access = Token.random(ACCESS_PREFIX, random);
    store.insert(
        transaction.handle(), new AccessToken(access.hash(), user, device, null, null), null);
    return new IssuedTokens(access, Optional.empty());
  }

  private IssuedTokens issuePair(
      Transaction transaction, long user, DeviceId device, @Nullable TokenHash supersedes) {
    Token access = Token.random(ACCESS_PREFIX, random);
    Token refresh = Token.random(REFRESH_PREFIX, random);
    Instant expiresAt = clock.instant().plus(accessLifetime);
    store.insert(
        transaction.handle(),
        new AccessToken(access.hash(), user, device, expiresAt, supersedes),
        refresh.hash());
    return new IssuedTokens(access, Optional.of(new Renewal(refresh, accessLifetime)));
  }

  /// Exchanges a refresh token for new tokens. It stays good until one of them is used, so that a
  /// client that did not get the answer can ask again; what it then did not get ends.
  ///
  /// @throws MatrixException `M_UNKNOWN_TOKEN` if it is unknown or was used up
  public IssuedTokens refresh(String text) {
    TokenHash hash = TokenHash.of(text);
    // Whoever guesses must not keep the writer busy.
    if (database.read(handle -> store.findRefresh(handle, hash)).isEmpty()) {
      throw unknown("This refresh token is not known.");
    }
    return journal.write(
        transaction -> {
          TokenStore.RefreshToken token =
              store
                  .findRefresh(transaction.handle(), hash)
                  .orElseThrow(() -> unknown("This refresh token is not known."));
          if (token.supersedes() != null) {
            retire(transaction, token.supersedes());
          }
          forget(transaction, store.deleteSuccessors(transaction.handle(), hash));
          return issuePair(transaction, token.user(), token.device(), hash);
        });
  }

  /// Ends all tokens of a device.
  public void revoke(Transaction transaction, long user, DeviceId device) {
    forget(transaction, store.deleteOfDevice(transaction.handle(), user, device));
  }

  private void retire(Transaction transaction, TokenHash refresh) {
    forget(transaction, store.retire(transaction.handle(), refresh));
  }

  private void forget(Transaction transaction, List<TokenHash> hashes) {
    transaction.afterCommit(() -> cache.invalidateAll(hashes));
  }

  private static MatrixException unknown(String message) {
    return new MatrixException(ErrorCode.M_UNKNOWN_TOKEN, message);
  }
}
