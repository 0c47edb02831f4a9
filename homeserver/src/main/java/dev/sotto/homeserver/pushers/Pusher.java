package dev.sotto.homeserver.pushers;

import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Where and how a user is to be told of events.
///
/// @param kind `http`
/// @param data what the push gateway is to be given, and the `url` where it is
public record Pusher(
    String appId,
    String pushkey,
    String kind,
    String appDisplayName,
    String deviceDisplayName,
    @Nullable String profileTag,
    String lang,
    ObjectNode data) {
  private static final int MAX_APP_ID_LENGTH = 64;
  private static final int MAX_PUSHKEY_BYTES = 512;
  private static final String GATEWAY_PATH = "/_matrix/push/v1/notify";

  /// Refuses a pusher that nothing could be sent to.
  ///
  /// @param secure whether only `https` will do
  void check(boolean secure) {
    checkKey(appId, pushkey);
    if (!kind.equals("http")) {
      throw MatrixException.invalidParam("This server knows pushers of the kind 'http' only.");
    }
    JsonNode url = data.get("url");
    if (url == null || !url.isString()) {
      throw new MatrixException(
          ErrorCode.M_MISSING_PARAM, "The 'data' of an http pusher needs a 'url'.");
    }
    checkUrl(url.stringValue(), secure);
    JsonNode format = data.get("format");
    if (format != null && !format.isString()) {
      throw MatrixException.invalidParam("The 'format' of a pusher is a string.");
    }
  }

  /// Refuses what cannot be the key of a pusher.
  static void checkKey(String appId, String pushkey) {
    if (appId.isEmpty() || appId.length() > MAX_APP_ID_LENGTH) {
      throw MatrixException.invalidParam("An 'app_id' has 1 to 64 characters.");
    }
    int length = pushkey.getBytes(StandardCharsets.UTF_8).length;
    if (length == 0 || length > MAX_PUSHKEY_BYTES) {
      throw MatrixException.invalidParam("A 'pushkey' has 1 to 512 bytes.");
    }
  }

  private static void checkUrl(String url, boolean secure) {
    try {
      URI uri = new URI(url);
      boolean known = "https".equals(uri.getScheme()) || !secure && "http".equals(uri.getScheme());
      if (known && uri.getHost() != null && GATEWAY_PATH.equals(uri.getPath())) {
        return;
      }
    } catch (URISyntaxException _) {
      // refused below, like one of another form
    }
    throw MatrixException.invalidParam(
        "The 'url' of a pusher is an https address with the path " + GATEWAY_PATH + ".");
  }
}
