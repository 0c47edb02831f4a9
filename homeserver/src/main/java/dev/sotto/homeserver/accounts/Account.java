package dev.sotto.homeserver.accounts;

import dev.sotto.protocol.id.UserId;

/// One account on this server.
///
/// @param number the user's number
public record Account(
    UserId id, long number, Kind kind, boolean administrator, boolean deactivated) {
  /// What an account is for.
  public enum Kind {
    /// A person or a bot that logs in.
    USER,
    /// Somebody without a password, who may do little.
    GUEST,
    /// Somebody for whom an application service acts.
    APPSERVICE
  }

  public boolean guest() {
    return kind == Kind.GUEST;
  }
}
