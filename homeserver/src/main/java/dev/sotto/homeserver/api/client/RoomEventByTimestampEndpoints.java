package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.rooms.RoomAccess;
import dev.sotto.homeserver.rooms.RoomServices;
import dev.sotto.homeserver.rooms.StoredEvent;
import dev.sotto.protocol.error.MatrixException;
import java.util.List;
import java.util.Map;

/// Jumping to a date.
///
/// @spec
///   https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1roomsroomidtimestamp_to_event
public final class RoomEventByTimestampEndpoints {
  private final RoomServices services;

  public RoomEventByTimestampEndpoints(RoomServices services) {
    this.services = services;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(
            "/_matrix/client/v1/rooms/{roomId}/timestamp_to_event",
            Access.USER,
            this::getEventByTimestamp));
  }

  private Object getEventByTimestamp(Request request) {
    request.requireQuery("ts");
    long time = request.queryNumber("ts", 0);
    boolean after = !RoomAnswers.backwards(request.requireQuery("dir"));
    RoomAccess.Reading reading = services.access().reading(request.roomId(), request.user());
    StoredEvent event =
        services
            .sentTimes()
            .closest(reading, time, after)
            .orElseThrow(() -> MatrixException.notFound("There is no event in that direction."));
    return Map.of("event_id", event.id().value(), "origin_server_ts", event.sentAt());
  }
}
