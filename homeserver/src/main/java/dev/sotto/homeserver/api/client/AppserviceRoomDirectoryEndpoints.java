package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.directory.PublicRooms;
import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.json.Json;
import java.util.List;

/// The lists of third-party networks, which application services keep.
///
/// @spec https://spec.matrix.org/v1.19/application-service-api/#published-room-directory
public final class AppserviceRoomDirectoryEndpoints {
  private record WantedVisibility(String visibility) {}

  private final PublicRooms rooms;

  public AppserviceRoomDirectoryEndpoints(PublicRooms rooms) {
    this.rooms = rooms;
  }

  public List<Route> routes() {
    return List.of(
        Route.put(
            "/_matrix/client/v3/directory/list/appservice/{networkId}/{roomId}",
            Access.APPSERVICE,
            this::updateAppserviceRoomDirectoryVisibility));
  }

  private Object updateAppserviceRoomDirectoryVisibility(Request request) {
    String appservice = request.caller().appservice();
    if (appservice == null) {
      throw MatrixException.forbidden("Only application services may do this.");
    }
    String network = PublicRooms.networkOf(appservice, request.path("networkId"));
    String visibility = request.body(WantedVisibility.class).visibility();
    rooms.setListed(network, request.roomId(), ListPublicRoomsEndpoints.isPublic(visibility));
    return Json.object();
  }
}
