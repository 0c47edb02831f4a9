package dev.sotto.client.encryption.device;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What the server still has of a device's one-time and fallback keys.
///
/// @param oneTimeKeys how many one-time keys wait for a claim
/// @param unusedFallback whether the fallback key was not handed out yet; empty if the server did
///   not say
/// @spec https://spec.matrix.org/v1.19/client-server-api/#one-time-and-fallback-keys
public record KeyCounts(int oneTimeKeys, Optional<Boolean> unusedFallback) {
  static final String ALGORITHM = "signed_curve25519";

  /// What a sync answer says. A server that has no one-time keys may leave their number out.
  public static KeyCounts ofSync(ObjectNode sync) {
    JsonNode unused = sync.get("device_unused_fallback_key_types");
    if (unused == null || !unused.isArray()) {
      return new KeyCounts(count(sync.get("device_one_time_keys_count")), Optional.empty());
    }
    boolean found = false;
    for (JsonNode type : unused) {
      found |= ALGORITHM.equals(type.stringValue(null));
    }
    return new KeyCounts(count(sync.get("device_one_time_keys_count")), Optional.of(found));
  }

  private static int count(@Nullable JsonNode counts) {
    long count = counts == null ? 0 : counts.path(ALGORITHM).longValue(0);
    return Math.clamp(count, 0, Integer.MAX_VALUE);
  }
}
