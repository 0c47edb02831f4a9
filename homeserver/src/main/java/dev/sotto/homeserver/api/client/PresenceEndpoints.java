package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Rate;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.presence.Presence;
import dev.sotto.homeserver.presence.PresenceState;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Who is online.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#presence
public final class PresenceEndpoints {
  private record Status(String presence, @Nullable String statusMsg) {}

  private final Presence presence;

  public PresenceEndpoints(Presence presence) {
    this.presence = presence;
  }

  public List<Route> routes() {
    String path = "/_matrix/client/v3/presence/{userId}/status";
    return List.of(
        Route.put(path, Access.GUEST, this::setPresence).withRate(Rate.ACTIVITY),
        Route.get(path, Access.GUEST, this::getPresence));
  }

  private Object setPresence(Request request) {
    OwnUser.require(request, "You cannot set the presence of other users.");
    Status status = request.body(Status.class);
    presence.set(
        request.user(),
        request.caller().device(),
        PresenceState.of(status.presence),
        status.statusMsg);
    return Map.of();
  }

  private Object getPresence(Request request) {
    return presence.get(request.user(), request.userId()).content();
  }
}
