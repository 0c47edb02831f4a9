package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Rate;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.todevice.ToDevice;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// Sends messages from device to device.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#send-to-device-messaging
public final class ToDeviceEndpoints {
  /// A room key for a few hundred devices is sent in one request.
  private static final long BODY_LIMIT_BYTES = 4L * 1024 * 1024;

  private record Body(Map<String, Map<String, ObjectNode>> messages) {}

  private final ToDevice toDevice;

  public ToDeviceEndpoints(ToDevice toDevice) {
    this.toDevice = toDevice;
  }

  public List<Route> routes() {
    return List.of(
        Route.put(
                "/_matrix/client/v3/sendToDevice/{eventType}/{txnId}",
                Access.GUEST,
                this::sendToDevice)
            .withRate(Rate.TO_DEVICE)
            .withBodyLimit(BODY_LIMIT_BYTES));
  }

  private Object sendToDevice(Request request) {
    Map<UserId, Map<String, ObjectNode>> messages = new HashMap<>();
    request.body(Body.class).messages.forEach((id, sent) -> messages.put(new UserId(id), sent));
    toDevice.send(
        request.user(),
        request.caller().device(),
        request.path("eventType"),
        request.path("txnId"),
        messages);
    return Json.object();
  }
}
