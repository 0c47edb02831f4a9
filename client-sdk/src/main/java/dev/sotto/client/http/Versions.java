package dev.sotto.client.http;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a server speaks.
///
/// @param versions of the specification, such as `v1.11`
/// @param unstableFeatures what is not yet in the specification, and whether it is on
/// @spec https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientversions
public record Versions(List<String> versions, @Nullable Map<String, Boolean> unstableFeatures) {
  public Versions {
    versions = List.copyOf(versions);
    unstableFeatures = unstableFeatures == null ? Map.of() : Map.copyOf(unstableFeatures);
  }

  /// Whether the server speaks this version of the specification.
  public boolean has(String version) {
    return versions.contains(version);
  }

  /// Asks the server.
  public static Versions of(Requests requests) {
    return requests.send(
        Request.get("/_matrix/client/versions").limit(Discovery.LIMIT_BYTES), Versions.class);
  }
}
