package dev.sotto.homeserver.presence;

import dev.sotto.protocol.error.MatrixException;

/// How reachable a user is.
public enum PresenceState {
  /// Connected, and active of late.
  ONLINE("online"),
  /// Connected but idle.
  UNAVAILABLE("unavailable"),
  /// Not connected, or not showing it.
  OFFLINE("offline");

  private final String id;

  PresenceState(String id) {
    this.id = id;
  }

  /// The state as the spec names it.
  public String id() {
    return id;
  }

  /// The state that the spec names `id`; `M_INVALID_PARAM` if there is none.
  public static PresenceState of(String id) {
    for (PresenceState state : values()) {
      if (state.id.equals(id)) {
        return state;
      }
    }
    throw MatrixException.invalidParam("Presence is 'online', 'unavailable' or 'offline'.");
  }
}
