package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.accounts.RegistrationTokens;
import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Rate;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.tokens.TokenHash;
import dev.sotto.protocol.error.MatrixException;
import java.util.List;
import java.util.Map;

/// Asking whether a registration token is good.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#token-authenticated-registration
public final class RegistrationTokensEndpoints {
  private final RegistrationTokens tokens;
  private final boolean closed;

  /// @param closed whether nobody may register
  public RegistrationTokensEndpoints(RegistrationTokens tokens, boolean closed) {
    this.tokens = tokens;
    this.closed = closed;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(
                "/_matrix/client/v1/register/m.login.registration_token/validity",
                Access.PUBLIC,
                this::registrationTokenValidity)
            .withRate(Rate.REGISTRATION));
  }

  private Object registrationTokenValidity(Request request) {
    String token = request.requireQuery("token");
    if (closed) {
      throw MatrixException.forbidden("This server takes no new accounts.");
    }
    return Map.of("valid", tokens.valid(TokenHash.of(token)));
  }
}
