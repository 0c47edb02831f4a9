package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.voip.TurnServer;
import dev.sotto.protocol.json.Json;
import java.util.List;
import java.util.Optional;

/// Where calls can be relayed.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#voice-over-ip
public final class VoipEndpoints {
  private final Optional<TurnServer> turnServer;

  /// @param turnServer empty if the owner of this server has none
  public VoipEndpoints(Optional<TurnServer> turnServer) {
    this.turnServer = turnServer;
  }

  public List<Route> routes() {
    return List.of(
        Route.get("/_matrix/client/v3/voip/turnServer", Access.USER, this::getTurnServer));
  }

  private Object getTurnServer(Request request) {
    return turnServer.<Object>map(turn -> turn.credentials(request.user())).orElse(Json.object());
  }
}
