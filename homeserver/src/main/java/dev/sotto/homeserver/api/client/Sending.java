package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.rooms.Draft;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.DeviceId;
import org.jspecify.annotations.Nullable;

/// What requests that send events have in common.
final class Sending {
  private static final int MAX_TXN_ID_LENGTH = 255;

  private Sending() {}

  /// How the caller's device names what it sends; null for an application service without a device.
  static Draft.@Nullable Sent named(Request request) {
    String txnId = request.path("txnId");
    if (txnId.isEmpty() || txnId.length() > MAX_TXN_ID_LENGTH) {
      throw MatrixException.invalidParam("A transaction id must have 1 to 255 characters.");
    }
    DeviceId device = request.caller().device();
    return device == null ? null : new Draft.Sent(device, txnId);
  }

  /// The time that an application service gives an event, in milliseconds since 1970; null for now.
  ///
  /// @spec https://spec.matrix.org/v1.19/application-service-api/#timestamp-massaging
  static @Nullable Long timestamp(Request request) {
    return request.caller().appservice() == null || request.query("ts") == null
        ? null
        : Long.valueOf(request.queryNumber("ts", 0));
  }
}
