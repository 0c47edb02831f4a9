package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.accounts.Account;
import dev.sotto.homeserver.accounts.Accounts;
import dev.sotto.homeserver.devices.Devices;
import dev.sotto.homeserver.http.Authenticator;
import dev.sotto.homeserver.http.Caller;
import dev.sotto.homeserver.tokens.AccessToken;
import dev.sotto.homeserver.tokens.Tokens;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;

/// Proves callers by their access tokens.
public final class TokenAuthenticator implements Authenticator {
  private final Tokens tokens;
  private final Accounts accounts;
  private final Devices devices;

  public TokenAuthenticator(Tokens tokens, Accounts accounts, Devices devices) {
    this.tokens = tokens;
    this.accounts = accounts;
    this.devices = devices;
  }

  @Override
  public Caller authenticate(Credentials credentials) {
    AccessToken token = tokens.use(credentials.token());
    Account account =
        accounts
            .find(token.user())
            .filter(found -> !found.deactivated())
            .orElseThrow(
                () ->
                    new MatrixException(
                        ErrorCode.M_UNKNOWN_TOKEN, "This access token's account is gone."));
    devices.seen(token.user(), token.device(), credentials.address());
    return new Caller(
        account.id(),
        token.device(),
        account.guest(),
        account.administrator(),
        null,
        token.hash().value());
  }
}
