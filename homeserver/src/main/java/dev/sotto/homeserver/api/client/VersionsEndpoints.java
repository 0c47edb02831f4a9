package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What this server speaks.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#api-versions
public final class VersionsEndpoints {
  // Clients look for a version that they know themselves, so the older ones are named as well.
  private static final List<String> VERSIONS =
      List.of(
          "v1.1", "v1.2", "v1.3", "v1.4", "v1.5", "v1.6", "v1.7", "v1.8", "v1.9", "v1.10", "v1.11",
          "v1.12", "v1.13", "v1.14", "v1.15", "v1.16", "v1.17", "v1.18", "v1.19");

  private record Versions(List<String> versions, Map<String, Boolean> unstableFeatures) {}

  private final Versions versions;

  /// @param encryptionForced whether every room is made encrypted, which clients then need not ask
  public VersionsEndpoints(boolean encryptionForced) {
    Map<String, Boolean> features = new TreeMap<>();
    features.put("org.matrix.e2e_cross_signing", true);
    features.put("org.matrix.msc3391", true);
    features.put("org.matrix.msc3814", true);
    features.put("io.element.e2ee_forced.public", encryptionForced);
    features.put("io.element.e2ee_forced.private", encryptionForced);
    features.put("io.element.e2ee_forced.trusted_private", encryptionForced);
    versions = new Versions(VERSIONS, features);
  }

  public List<Route> routes() {
    return List.of(Route.get("/_matrix/client/versions", Access.OPTIONAL, this::getVersions));
  }

  private Object getVersions(Request request) {
    return versions;
  }
}
