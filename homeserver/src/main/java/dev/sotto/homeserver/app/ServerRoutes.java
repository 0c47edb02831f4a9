package dev.sotto.homeserver.app;

import dev.sotto.homeserver.api.client.SupportEndpoints;
import dev.sotto.homeserver.api.client.ThirdPartyLookupEndpoints;
import dev.sotto.homeserver.api.client.VoipEndpoints;
import dev.sotto.homeserver.app.settings.Settings;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.voip.TurnServer;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The routes that say what is around this server: help, a relay for calls, other networks.
final class ServerRoutes {
  private ServerRoutes() {}

  static List<Route> of(Settings settings, InstantSource clock) {
    Settings.Support support = settings.support();
    return Stream.of(
            new VoipEndpoints(turnServer(settings.turn(), clock)).routes(),
            new ThirdPartyLookupEndpoints().routes(),
            new SupportEndpoints(support.matrixId(), support.email(), support.page()).routes())
        .flatMap(List::stream)
        .toList();
  }

  private static Optional<TurnServer> turnServer(Settings.Turn turn, InstantSource clock) {
    return turn.sharedSecret()
        .filter(_ -> !turn.uris().isEmpty())
        .map(secret -> new TurnServer(turn.uris(), secret.reveal(), turn.lifetime(), clock));
  }
}
