package dev.sotto.client.verification;

import dev.sotto.protocol.crypto.VerifyKey;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import java.util.Map;
import java.util.Optional;

/// What a verification has shown: these keys, which were known before, are truly the user's. At
/// least one is named.
///
/// @param devices the fingerprints of devices; one or none
/// @param masterKey the master signing key
public record Verified(
    UserId user, Map<DeviceId, VerifyKey> devices, Optional<VerifyKey> masterKey) {
  public Verified {
    devices = Map.copyOf(devices);
  }
}
