package dev.sotto.client.event;

import java.util.Locale;
import java.util.Optional;

/// How a user stands to a room.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#room-membership
public enum Membership {
  /// The user was invited, and has not answered.
  INVITE,
  /// The user is in the room.
  JOIN,
  /// The user asks to be let in.
  KNOCK,
  /// The user is not in the room: has left or declined, was sent away, or never was there.
  LEAVE,
  /// The user may not come (back) in.
  BAN;

  /// As events name it.
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The membership that events name so; empty if there is none.
  public static Optional<Membership> of(String key) {
    return switch (key) {
      case "invite" -> Optional.of(INVITE);
      case "join" -> Optional.of(JOIN);
      case "knock" -> Optional.of(KNOCK);
      case "leave" -> Optional.of(LEAVE);
      case "ban" -> Optional.of(BAN);
      default -> Optional.empty();
    };
  }
}
