package dev.sotto.homeserver.presence;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One user's devices as far as they say how reachable the user is. Not thread-safe.
final class Connections {
  static final long IDLE_MILLIS = 5 * 60_000L;
  static final long ACTIVE_MILLIS = 60_000;
  private static final int MAX_DEVICES = 50;

  /// What a device says, and until when that holds.
  private record Device(PresenceState state, long until) {}

  /// What others were told last, and its serial.
  record Published(PresenceState state, @Nullable String statusMessage, boolean currentlyActive) {}

  private final Map<String, Device> devices = new LinkedHashMap<>();
  private @Nullable String statusMessage;
  private long lastActive = -1;
  private Published published = new Published(PresenceState.OFFLINE, null, false);
  private long serial;

  /// Takes a device's word, which counts until `until`.
  void say(String device, PresenceState state, long now, long until) {
    Device before = devices.remove(device);
    if (devices.size() >= MAX_DEVICES) {
      devices.remove(devices.keySet().iterator().next());
    }
    devices.put(device, new Device(state, until));
    boolean wasOnline =
        before != null && before.state == PresenceState.ONLINE && before.until > now;
    if (state == PresenceState.ONLINE && !wasOnline) {
      // Only a hand opens a client or wakes it; what polls on afterwards may do so by itself.
      lastActive = now;
    }
  }

  void setStatusMessage(@Nullable String message) {
    statusMessage = message;
  }

  /// The user did something by their own hand.
  void act(long now) {
    lastActive = now;
  }

  private PresenceState state(long now) {
    PresenceState best = PresenceState.OFFLINE;
    for (Device device : devices.values()) {
      if (device.until > now && device.state.compareTo(best) < 0) {
        best = device.state;
      }
    }
    boolean idle = best == PresenceState.ONLINE && now - lastActive >= IDLE_MILLIS;
    return idle ? PresenceState.UNAVAILABLE : best;
  }

  /// Takes stock, and says whether others must be told.
  boolean refresh(long now) {
    devices.values().removeIf(device -> device.until <= now);
    PresenceState state = state(now);
    Published current =
        new Published(
            state,
            statusMessage,
            state == PresenceState.ONLINE && now - lastActive < ACTIVE_MILLIS);
    boolean changed = !current.equals(published);
    published = current;
    return changed;
  }

  Published published() {
    return published;
  }

  /// How long ago the user did something, or -1.
  long lastActiveAgo(long now) {
    return lastActive < 0 ? -1 : Math.max(0, now - lastActive);
  }

  long serial() {
    return serial;
  }

  void setSerial(long newSerial) {
    serial = newSerial;
  }
}
