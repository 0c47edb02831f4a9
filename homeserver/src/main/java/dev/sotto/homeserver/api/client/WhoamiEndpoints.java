package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Caller;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Whom an access token belongs to.
public final class WhoamiEndpoints {
  private record Owner(String userId, @Nullable String deviceId, boolean isGuest) {}

  public List<Route> routes() {
    return List.of(
        Route.get("/_matrix/client/v3/account/whoami", Access.GUEST, this::getTokenOwner));
  }

  private Object getTokenOwner(Request request) {
    Caller caller = request.caller();
    return new Owner(
        caller.user().value(),
        caller.device() == null ? null : caller.device().value(),
        caller.guest());
  }
}
