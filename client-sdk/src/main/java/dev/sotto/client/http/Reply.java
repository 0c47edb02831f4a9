package dev.sotto.client.http;

import java.net.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/// What came back on the wire.
///
/// @param body empty where it was streamed elsewhere
record Reply(int status, HttpHeaders headers, byte[] body) {
  boolean isSuccess() {
    return status >= 200 && status < 300;
  }

  /// Where the answer is instead, if it says so.
  @Nullable String redirect() {
    return status / 100 == 3 ? header("Location") : null;
  }

  @Nullable String header(String name) {
    return headers.firstValue(name).orElse(null);
  }
}
