package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Rate;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.names.Users;
import dev.sotto.homeserver.tokens.BriefTokens;
import dev.sotto.homeserver.tokens.BriefTokens.Purpose;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.ServerName;
import java.util.List;
import java.util.Map;

/// Proving to another service, such as a call server, who one is: the client asks for a token, and
/// the service exchanges it for the user's id.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#openid
public final class OpenidEndpoints {
  private record OpenidToken(
      String accessToken, String tokenType, String matrixServerName, long expiresIn) {
    @Override
    public String toString() {
      return "openid token";
    }
  }

  private final Users users;
  private final BriefTokens tokens;
  private final ServerName server;

  public OpenidEndpoints(Users users, BriefTokens tokens, ServerName server) {
    this.users = users;
    this.tokens = tokens;
    this.server = server;
  }

  public List<Route> routes() {
    return List.of(
        Route.post(
                "/_matrix/client/v3/user/{userId}/openid/request_token",
                Access.GUEST,
                this::requestOpenIdToken)
            .withRate(Rate.CHANGE),
        Route.get(
            "/_matrix/federation/v1/openid/userinfo", Access.PUBLIC, this::exchangeOpenIdToken));
  }

  private Object requestOpenIdToken(Request request) {
    request.optionalBodyObject();
    if (!request.userId().equals(request.user())) {
      throw MatrixException.forbidden("You can prove only who you are yourself.");
    }
    return new OpenidToken(
        tokens.issue(Purpose.OPENID, users.number(request.user())).reveal(),
        "Bearer",
        server.value(),
        Purpose.OPENID.lifetime().toSeconds());
  }

  /// @spec https://spec.matrix.org/v1.19/server-server-api/#openid
  private Object exchangeOpenIdToken(Request request) {
    return tokens
        .find(Purpose.OPENID, request.requireQuery("access_token"))
        .map(user -> Map.of("sub", users.id(user).value()))
        .orElseThrow(
            () ->
                new MatrixException(
                    ErrorCode.M_UNKNOWN_TOKEN, "This token is not known, or over."));
  }
}
