package dev.sotto.client.event;

import java.util.Locale;
import java.util.Optional;

/// How a user stands to a room.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#room-membership
public enum Membership {
  INVITE,
  JOIN,
  KNOCK,
  LEAVE,
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
