package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Rate;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.presence.Presence;
import dev.sotto.homeserver.receipts.ReceiptType;
import dev.sotto.homeserver.receipts.Receipts;
import dev.sotto.protocol.error.MatrixException;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// Read receipts.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#receipts
public final class ReceiptsEndpoints {
  private final Receipts receipts;
  private final Presence presence;

  public ReceiptsEndpoints(Receipts receipts, Presence presence) {
    this.receipts = receipts;
    this.presence = presence;
  }

  public List<Route> routes() {
    return List.of(
        Route.post(
                "/_matrix/client/v3/rooms/{roomId}/receipt/{receiptType}/{eventId}",
                Access.GUEST,
                this::postReceipt)
            .withRate(Rate.ACTIVITY));
  }

  private Object postReceipt(Request request) {
    ReceiptType type = ReceiptType.of(request.path("receiptType"));
    JsonNode thread = request.optionalBodyObject().get("thread_id");
    if (thread != null && (!thread.isString() || thread.stringValue().isEmpty())) {
      throw MatrixException.invalidParam("A 'thread_id' must be a string, and not empty.");
    }
    receipts.send(
        request.user(),
        request.roomId(),
        type,
        request.eventId(),
        thread == null ? null : thread.stringValue());
    presence.active(request.user());
    return Map.of();
  }
}
