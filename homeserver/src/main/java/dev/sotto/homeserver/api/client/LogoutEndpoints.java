package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.logins.Logins;
import java.util.List;
import java.util.Map;

/// Ending sessions, and their devices with them.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3logout
public final class LogoutEndpoints {
  private final Logins logins;

  public LogoutEndpoints(Logins logins) {
    this.logins = logins;
  }

  public List<Route> routes() {
    return List.of(
        Route.post("/_matrix/client/v3/logout", Access.GUEST, this::logout),
        Route.post("/_matrix/client/v3/logout/all", Access.GUEST, this::logoutAll));
  }

  private Object logout(Request request) {
    logins.end(request.user(), request.caller().requireDevice());
    return Map.of();
  }

  private Object logoutAll(Request request) {
    logins.endAll(request.user());
    return Map.of();
  }
}
