package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Rate;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.receipts.ReceiptType;
import dev.sotto.homeserver.receipts.Receipts;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.EventId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The fully-read marker, and receipts along with it.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#fully-read-markers
public final class ReadMarkersEndpoints {
  private final Receipts receipts;

  public ReadMarkersEndpoints(Receipts receipts) {
    this.receipts = receipts;
  }

  public List<Route> routes() {
    return List.of(
        Route.post(
                "/_matrix/client/v3/rooms/{roomId}/read_markers", Access.GUEST, this::setReadMarker)
            .withRate(Rate.ACTIVITY));
  }

  private Object setReadMarker(Request request) {
    ObjectNode body = request.bodyObject();
    List<Receipts.Mark> marks = new ArrayList<>();
    for (ReceiptType type : ReceiptType.values()) {
      JsonNode event = body.get(type.id());
      // Some clients send null for a marker that they do not set.
      if (event == null || event.isNull()) {
        continue;
      }
      if (!event.isString()) {
        throw MatrixException.badJson("'" + type.id() + "' must be the id of an event.");
      }
      marks.add(new Receipts.Mark(type, new EventId(event.stringValue()), null));
    }
    receipts.mark(request.user(), request.roomId(), marks);
    return Map.of();
  }
}
