package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Rate;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.presence.Presence;
import dev.sotto.homeserver.rooms.EventSending;
import dev.sotto.homeserver.rooms.Room;
import dev.sotto.homeserver.rooms.RoomAccess;
import dev.sotto.protocol.id.EventId;
import java.util.List;
import java.util.Map;

/// Sending message-like events.
///
/// @spec
///   https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3roomsroomidsendeventtypetxnid
public final class RoomSendEndpoints {
  private final RoomAccess access;
  private final EventSending sending;
  private final Presence presence;

  public RoomSendEndpoints(RoomAccess access, EventSending sending, Presence presence) {
    this.access = access;
    this.sending = sending;
    this.presence = presence;
  }

  public List<Route> routes() {
    return List.of(
        Route.put(
                "/_matrix/client/v3/rooms/{roomId}/send/{eventType}/{txnId}",
                Access.GUEST,
                this::sendMessage)
            .withRate(Rate.MESSAGE));
  }

  private Object sendMessage(Request request) {
    Room room = access.joined(request.roomId(), request.user());
    EventId sent =
        sending.message(
            room,
            request.user(),
            request.path("eventType"),
            request.bodyObject(),
            Sending.named(request),
            Sending.timestamp(request));
    presence.active(request.user());
    return Map.of("event_id", sent.value());
  }
}
