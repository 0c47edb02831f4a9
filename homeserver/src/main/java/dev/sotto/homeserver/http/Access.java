package dev.sotto.homeserver.http;

/// Who may call a route.
public enum Access {
  /// Anyone; no token is looked at.
  PUBLIC,
  /// Anyone; a token that is given must be valid.
  OPTIONAL,
  /// Whoever has an access token, guests too.
  GUEST,
  /// Whoever has an access token and is no guest.
  USER,
  /// Server administrators.
  ADMIN,
  /// Application services, by their own token.
  APPSERVICE
}
