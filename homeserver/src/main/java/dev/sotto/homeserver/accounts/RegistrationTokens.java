package dev.sotto.homeserver.accounts;

import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.journal.Transaction;
import dev.sotto.homeserver.tokens.Token;
import dev.sotto.homeserver.tokens.TokenHash;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import java.security.SecureRandom;
import java.time.InstantSource;

/// Tokens by which people make their accounts.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#token-authenticated-registration
public final class RegistrationTokens {
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
