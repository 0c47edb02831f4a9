package dev.sotto.homeserver.accounts;

import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.journal.Transaction;
import dev.sotto.homeserver.tokens.Token;
import dev.sotto.homeserver.tokens.TokenHash;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Tokens by which people make their accounts.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#token-authenticated-registration
public final class RegistrationTokens {
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~-]{1,64}");

  private final Database database;
  private final Journal journal;
  private final SecureRandom random;
  private final InstantSource clock;
  private final RegistrationTokenStore store = new RegistrationTokenStore();

  public RegistrationTokens(
      Database database, Journal journal, SecureRandom random, InstantSource clock) {
    this.database = database;
    this.journal = journal;
    this.random = random;
    this.clock = clock;
  }

  /// The token of a server's first account, good for one account, which becomes administrator. A
  /// first token that was made before ends: nobody can see it again.
  public Token makeFirst() {
    Token token = Token.random("", random);
    journal.change(
        transaction -> {
          store.deleteThoseOfAdministrators(transaction.handle());
          store.insert(transaction.handle(), token.hash(), 1L, null, true, clock.instant());
        });
    return token;
  }

  /// Makes a token for accounts that are no administrators, and returns it; it cannot be seen
  /// again.
  ///
  /// @param wanted the token itself, or null for a random one
  /// @param uses how many accounts it is good for, or null for any number
  /// @param expiresAt when it ends, or null for never
  /// @throws MatrixException `M_INVALID_PARAM` if it cannot be so
  public String make(@Nullable String wanted, @Nullable Long uses, @Nullable Instant expiresAt) {
    if (wanted != null && !TOKEN.matcher(wanted).matches()) {
      throw MatrixException.invalidParam(
          "A registration token has 1 to 64 of the characters A-Z a-z 0-9 . _ ~ -");
    }
    if (uses != null && uses < 1) {
      throw MatrixException.invalidParam("A registration token must be good for one use or more.");
    }
    if (expiresAt != null && !expiresAt.isAfter(clock.instant())) {
      throw MatrixException.invalidParam("A registration token must end in the future.");
    }
    String token = wanted == null ? Token.random("", random).reveal() : wanted;
    TokenHash hash = TokenHash.of(token);
    journal.change(
        transaction -> {
          if (store.exists(transaction.handle(), hash)) {
            throw MatrixException.invalidParam("There is such a registration token already.");
          }
          store.insert(transaction.handle(), hash, uses, expiresAt, false, clock.instant());
        });
    return token;
  }

  /// Ends a token; says whether there was such a one.
  public boolean delete(TokenHash hash) {
    return journal.write(transaction -> store.delete(transaction.handle(), hash));
  }

  /// Whether an account can be made by this token now.
  public boolean valid(TokenHash hash) {
    return database.read(handle -> store.find(handle, hash, clock.instant())).isPresent();
  }

  /// Uses a token for one account; says whether that account becomes administrator.
  ///
  /// @throws MatrixException `M_FORBIDDEN` if it is no longer good
  public boolean use(Transaction transaction, TokenHash hash) {
    boolean makesAdministrator =
        store
            .find(transaction.handle(), hash, clock.instant())
            .orElseThrow(
                () ->
                    new MatrixException(
                        ErrorCode.M_FORBIDDEN, "This registration token is used up."));
    store.use(transaction.handle(), hash);
    return makesAdministrator;
  }
}
