package dev.sotto.client.http;

import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.error.MatrixRequestException.Kind;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.ServerName;
import dev.sotto.protocol.json.Json;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Finds the address of a homeserver's API by the server's name.
///
/// Nothing secret is sent, redirects are followed a few times, and what was found over `https` must
/// be `https` itself.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#well-known-uris
public final class Discovery implements AutoCloseable {
  static final long LIMIT_BYTES = 1L << 18;

  private static final int MOST_REDIRECTS = 5;
  private static final Request WELL_KNOWN =
      Request.get("/.well-known/matrix/client").limit(LIMIT_BYTES);

  private static final Request VERSIONS =
      Request.get("/_matrix/client/versions").limit(LIMIT_BYTES);

  /// What only a homeserver answers with.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientversions
  record Versions(List<String> versions) {
    Versions {
      versions = List.copyOf(versions);
    }
  }

  private final HttpSettings settings;
  private final Wire wire;
  private final Attempts attempts;

  public Discovery(HttpSettings settings) {
    this.settings = settings;
    this.wire = new Wire(settings);
    this.attempts =
        new Attempts(wire, settings, reply -> reply.isSuccess() || reply.redirect() != null);
  }

  /// The server that serves the users of `name`.
  ///
  /// @throws MatrixRequestException if there is none, or its domain points to something else
  public ServerAddress find(ServerName name) {
    return find(ServerAddress.of("https://" + name));
  }

  /// The server that `domain` points to, or `domain` itself where it does not point anywhere.
  public ServerAddress find(ServerAddress domain) {
    ObjectNode wellKnown = wellKnown(domain);
    ServerAddress found = wellKnown == null ? domain : pointedTo(domain, wellKnown);
    try (Requests requests = Requests.anonymous(found, settings)) {
      requests.send(VERSIONS, Versions.class);
    }
    return found;
  }

  private @Nullable ObjectNode wellKnown(ServerAddress domain) {
    URI uri = domain.at(WELL_KNOWN.pathAndQuery());
    for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      try {
        Reply reply = attempts.make(uri, WELL_KNOWN, null, null);
        String elsewhere = reply.redirect();
        if (elsewhere == null) {
          return Json.parseObject(reply.body());
        }
        uri = follow(domain, uri, elsewhere);
      } catch (MatrixException e) {
        throw garbled(e.getMessage());
      } catch (MatrixRequestException e) {
        if (e.status() == 404) {
          return null;
        }
        throw e;
      }
    }
    throw garbled("There are too many redirects.");
  }

  static URI follow(ServerAddress domain, URI from, String location) {
    try {
      URI to = from.resolve(location);
      String scheme = String.valueOf(to.getScheme());
      boolean web = scheme.equals("https") || (domain.isClear() && scheme.equals("http"));
      if (!web || to.getHost() == null || to.getRawUserInfo() != null) {
        throw garbled("It is redirected to where it cannot be trusted.");
      }
      return to;
    } catch (IllegalArgumentException _) {
      throw garbled("It is redirected to no address.");
    }
  }

  static ServerAddress pointedTo(ServerAddress domain, ObjectNode wellKnown) {
    JsonNode url = wellKnown.path("m.homeserver").path("base_url");
    if (!url.isString()) {
      throw garbled("It names no homeserver.");
    }
    try {
      ServerAddress found =
          domain.clearAllowed()
              ? ServerAddress.inTheClear(url.stringValue())
              : ServerAddress.of(url.stringValue());
      if (found.isClear() && !domain.isClear()) {
        throw garbled("It names a homeserver that is not encrypted.");
      }
      return found;
    } catch (IllegalArgumentException _) {
      throw garbled("It names a homeserver by no address that can be used.");
    }
  }

  private static MatrixRequestException garbled(String sentence) {
    return new MatrixRequestException(Kind.GARBLED, WELL_KNOWN + ": " + sentence, null);
  }

  @Override
  public void close() {
    wire.close();
  }
}
