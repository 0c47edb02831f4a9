package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Rate;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.rooms.EventSending;
import dev.sotto.homeserver.rooms.Room;
import dev.sotto.homeserver.rooms.RoomAccess;
import dev.sotto.protocol.id.EventId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Taking back events.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#redactions
public final class RedactionEndpoints {
  private record Reason(@Nullable String reason) {}

  private final RoomAccess access;
  private final EventSending sending;

  public RedactionEndpoints(RoomAccess access, EventSending sending) {
    this.access = access;
    this.sending = sending;
  }

  public List<Route> routes() {
    return List.of(
        Route.put(
                "/_matrix/client/v3/rooms/{roomId}/redact/{eventId}/{txnId}",
                Access.GUEST,
                this::redactEvent)
            .withRate(Rate.MESSAGE));
  }

  private Object redactEvent(Request request) {
    Room room = access.joined(request.roomId(), request.user());
    String reason = request.optionalBody(Reason.class).reason();
    EventId redaction =
        sending.redact(
            room,
            request.user(),
            request.eventId(),
            reason,
            Sending.named(request),
            Sending.timestamp(request));
    return Map.of("event_id", redaction.value());
  }
}
