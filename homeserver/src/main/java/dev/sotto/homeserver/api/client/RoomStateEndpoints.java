package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Rate;
import dev.sotto.homeserver.http.RateLimits;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.rooms.EventSending;
import dev.sotto.homeserver.rooms.Room;
import dev.sotto.homeserver.rooms.RoomAccess;
import dev.sotto.protocol.event.EventTypes;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.EventId;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// Setting a room's state.
///
/// @spec
///   https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3roomsroomidstateeventtypestatekey
public final class RoomStateEndpoints {
  private static final String PATH = "/_matrix/client/v3/rooms/{roomId}/state/{eventType}";

  private final RoomAccess access;
  private final EventSending sending;
  private final RateLimits rates;

  public RoomStateEndpoints(RoomAccess access, EventSending sending, RateLimits rates) {
    this.access = access;
    this.sending = sending;
    this.rates = rates;
  }

  public List<Route> routes() {
    return List.of(
        Route.put(
                PATH + "/{stateKey}", Access.GUEST, r -> setRoomStateWithKey(r, r.path("stateKey")))
            .withRate(Rate.MESSAGE),
        Route.put(PATH, Access.GUEST, r -> setRoomStateWithKey(r, "")).withRate(Rate.MESSAGE));
  }

  private Object setRoomStateWithKey(Request request, String stateKey) {
    String type = request.path("eventType");
    // A membership may be set by one who is not in the room yet.
    Room room =
        type.equals(EventTypes.MEMBER)
            ? access.entered(request.roomId())
            : access.joined(request.roomId(), request.user());
    ObjectNode content = request.bodyObject();
    if (type.equals(EventTypes.MEMBER)) {
      limitMembership(request, room, content);
    }
    EventId event =
        sending.state(
            room,
            request.user(),
            new StateKey(type, stateKey),
            content,
            Sending.timestamp(request));
    return Map.of("event_id", event.value());
  }

  /// A membership that is set as state counts like one that is set by its own endpoint.
  private void limitMembership(Request request, Room room, ObjectNode content) {
    boolean joined = room.state().isJoined(request.user());
    Rate rate =
        switch (content.path("membership").stringValue("")) {
          case "invite" -> Rate.INVITE;
          case "join", "knock" -> joined ? Rate.MEMBERSHIP : Rate.JOIN;
          default -> Rate.MEMBERSHIP;
        };
    rates.take(rate, request.caller());
  }
}
