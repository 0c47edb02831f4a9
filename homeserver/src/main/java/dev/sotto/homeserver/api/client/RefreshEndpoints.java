package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.tokens.IssuedTokens;
import dev.sotto.homeserver.tokens.IssuedTokens.Renewal;
import dev.sotto.homeserver.tokens.Tokens;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Renewing an access token.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#refreshing-access-tokens
public final class RefreshEndpoints {
  private record RefreshBody(String refreshToken) {
    @Override
    public String toString() {
      return "refresh";
    }
  }

  private record Refreshed(
      String accessToken, @Nullable String refreshToken, @Nullable Long expiresInMs) {
    @Override
    public String toString() {
      return "refreshed";
    }
  }

  private final Tokens tokens;

  public RefreshEndpoints(Tokens tokens) {
    this.tokens = tokens;
  }

  public List<Route> routes() {
    return List.of(Route.post("/_matrix/client/v3/refresh", Access.PUBLIC, this::refresh));
  }

  private Object refresh(Request request) {
    IssuedTokens issued = tokens.refresh(request.body(RefreshBody.class).refreshToken);
    Renewal renewal = issued.renewal().orElse(null);
    return new Refreshed(
        issued.access().reveal(),
        renewal == null ? null : renewal.refresh().reveal(),
        renewal == null ? null : renewal.accessLifetime().toMillis());
  }
}
