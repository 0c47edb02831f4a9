package dev.sotto.homeserver.http;

/// What requests are counted by to limit their rate.
public enum Rate {
  /// Attempts to log in, per address.
  LOGIN,
  /// Attempts to register, per address.
  REGISTRATION,
  /// Events sent, per user.
  MESSAGE,
  /// Rooms joined or made, per user.
  JOIN,
  /// Invitations sent, per user.
  INVITE,
  /// Media uploaded or made ready for upload, per user.
  MEDIA
}
