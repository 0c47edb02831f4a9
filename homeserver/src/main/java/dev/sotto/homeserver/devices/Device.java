package dev.sotto.homeserver.devices;

import dev.sotto.protocol.id.DeviceId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One device of a user.
///
/// @param lastSeen when and where it last asked for something, or null if it has not yet
public record Device(DeviceId id, @Nullable String displayName, @Nullable Sighting lastSeen) {
  /// When and from which IP address a device asked for something.
  public record Sighting(Instant at, String address) {}
}
