package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Rate;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Response;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.names.Users;
import dev.sotto.homeserver.tokens.BriefTokens;
import dev.sotto.homeserver.tokens.BriefTokens.Purpose;
import java.util.List;
import java.util.Optional;

/// Letting another device of one's own log in.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv1loginget_token
public final class LoginTokenEndpoints {
  private record LoginToken(String loginToken, long expiresInMs) {
    @Override
    public String toString() {
      return "login token";
    }
  }

  private final Users users;
  private final BriefTokens tokens;
  private final UserInteractiveAuth auth;

  public LoginTokenEndpoints(Users users, BriefTokens tokens, UserInteractiveAuth auth) {
    this.users = users;
    this.tokens = tokens;
    this.auth = auth;
  }

  public List<Route> routes() {
    return List.of(
        Route.post("/_matrix/client/v1/login/get_token", Access.USER, this::generateLoginToken)
            .withRate(Rate.CHANGE));
  }

  private Object generateLoginToken(Request request) {
    Optional<Response> challenge =
        auth.challenge(request, "make a login token", request.optionalBodyObject());
    if (challenge.isPresent()) {
      return challenge.get();
    }
    return new LoginToken(
        tokens.issue(Purpose.LOGIN, users.number(request.user())).reveal(),
        Purpose.LOGIN.lifetime().toMillis());
  }
}
