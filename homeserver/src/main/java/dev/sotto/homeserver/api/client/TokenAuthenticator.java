package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.accounts.Account;
import dev.sotto.homeserver.accounts.Accounts;
import dev.sotto.homeserver.appservices.Appservice;
import dev.sotto.homeserver.devices.Devices;
import dev.sotto.homeserver.http.Authenticator;
import dev.sotto.homeserver.http.Caller;
import dev.sotto.homeserver.logins.AppserviceAccounts;
import dev.sotto.homeserver.tokens.AccessToken;
import dev.sotto.homeserver.tokens.Tokens;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import java.util.Optional;

/// Proves callers by their access tokens.
public final class TokenAuthenticator implements Authenticator {
  private final Tokens tokens;
  private final Accounts accounts;
  private final Devices devices;
  private final AppserviceAccounts appservices;

  public TokenAuthenticator(
      Tokens tokens, Accounts accounts, Devices devices, AppserviceAccounts appservices) {
    this.appservices = appservices;
    this.tokens = tokens;
    this.accounts = accounts;
    this.devices = devices;
  }

  @Override
  public Caller authenticate(Credentials credentials) {
    Optional<Appservice> service = appservices.services().byToken(credentials.token());
    return service.isPresent() ? appservice(service.get(), credentials) : device(credentials);
  }

  private Caller appservice(Appservice service, Credentials credentials) {
    Account account =
        appservices.actAs(service, credentials.assertedUser(), credentials.assertedDevice());
    return new Caller(
        account.id(),
        credentials.assertedDevice(),
        account.guest(),
        account.administrator(),
        service.id(),
        service.asToken().value());
  }

  private Caller device(Credentials credentials) {
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
