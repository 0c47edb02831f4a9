package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Rate;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.rooms.EventSending;
import dev.sotto.homeserver.rooms.Room;
import dev.sotto.homeserver.rooms.Rooms;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.EventId;
import java.util.List;
import java.util.Map;

/// Setting a room's state.
///
/// @spec
///   https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3roomsroomidstateeventtypestatekey
public final class RoomStateEndpoints {
  private static final String PATH = "/_matrix/client/v3/rooms/{roomId}/state/{eventType}";

  private final Rooms rooms;
  private final EventSending sending;

  public RoomStateEndpoints(Rooms rooms, EventSending sending) {
    this.rooms = rooms;
    this.sending = sending;
  }

  public List<Route> routes() {
    return List.of(
        Route.put(
                PATH + "/{stateKey}", Access.GUEST, r -> setRoomStateWithKey(r, r.path("stateKey")))
            .withRate(Rate.MESSAGE),
        Route.put(PATH, Access.GUEST, r -> setRoomStateWithKey(r, "")).withRate(Rate.MESSAGE));
  }

  private Object setRoomStateWithKey(Request request, String stateKey) {
    Room room = rooms.require(request.roomId());
    EventId event =
        sending.state(
            room,
            request.user(),
            new StateKey(request.path("eventType"), stateKey),
            request.bodyObject(),
            Sending.timestamp(request));
    return Map.of("event_id", event.value());
  }
}
