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
  /// Rooms left, and others kicked, banned and unbanned, per user.
  MEMBERSHIP,
  /// Media uploaded or made ready for upload, per user.
  MEDIA,
  /// Messages sent to devices, and keys claimed for them, per user.
  TO_DEVICE,
  /// Changes of a key backup, per user.
  BACKUP,
  /// Changes of a profile, each of which every room of the user is told of, per user.
  PROFILE,
  /// Other changes of what the server keeps for a user, per user.
  CHANGE,
  /// Searches, and what costs as much, per user.
  SEARCH,
  /// Receipts, read markers, typing notices and presence, per user.
  ACTIVITY
}
