package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.protocol.error.MatrixException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Where clients find this server, and what Element should know before it logs in.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#well-known-uris
public final class WellknownEndpoints {
  private static final Pattern HOST =
      Pattern.compile("(?:\\[[0-9A-Fa-f:.]{2,45}]|[0-9A-Za-z._-]{1,253})(?::[0-9]{1,5})?");

  private final Optional<URI> publicUrl;
  private final boolean encryptionForced;

  /// @param publicUrl where clients reach this server, if its owner says so
  public WellknownEndpoints(Optional<URI> publicUrl, boolean encryptionForced) {
    this.publicUrl = publicUrl;
    this.encryptionForced = encryptionForced;
  }

  public List<Route> routes() {
    return List.of(Route.get("/.well-known/matrix/client", Access.PUBLIC, this::getWellknown));
  }

  private Object getWellknown(Request request) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("m.homeserver", Map.of("base_url", baseUrl(request)));
    if (encryptionForced) {
      answer.put("io.element.e2ee", Map.of("default", true, "force_disable", false));
    }
    return answer;
  }

  /// The public address, or else the one that the client has used: some clients believe this answer
  /// more than what their user typed.
  private String baseUrl(Request request) {
    if (publicUrl.isPresent()) {
      return publicUrl.get().toString().replaceFirst("/+$", "");
    }
    String host = request.header("Host");
    if (host == null || !HOST.matcher(host).matches()) {
      throw MatrixException.notFound("This server does not know its address.");
    }
    String scheme = "https".equals(request.header("X-Forwarded-Proto")) ? "https" : "http";
    return scheme + "://" + host;
  }
}
