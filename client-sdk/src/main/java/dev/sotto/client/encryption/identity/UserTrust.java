package dev.sotto.client.encryption.identity;

/// What is known of a user's identity.
public enum UserTrust {
  /// It was verified, here or by another device of one's own.
  VERIFIED,
  /// It is believed as it was seen first, or as it was confirmed.
  PINNED,
  /// It is not the one that was pinned, which must be confirmed; see [IdentityChange].
  CHANGED,
  /// The user has shown none.
  NONE
}
