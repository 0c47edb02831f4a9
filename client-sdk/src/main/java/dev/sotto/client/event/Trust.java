package dev.sotto.client.event;

/// What is known of the way an event came, and so of who can have written it.
public enum Trust {
  /// It was not encrypted: the servers could read it, and could have written it.
  CLEAR,
  /// Encrypted by a device of a user whom we have verified, or by a device of our own.
  VERIFIED,
  /// Encrypted by a device that its owner has signed; we have not verified the owner.
  SIGNED,
  /// Encrypted by a device that its owner has not signed: the server could have made it up.
  UNSIGNED,
  /// Encrypted by a device of a user whose identity has changed since we verified it.
  OWNER_CHANGED,
  /// Encrypted by a device that is not known, or not any more.
  UNKNOWN_DEVICE,
  /// Encrypted, and nobody can tell by whom: the key to it was passed on by others than who wrote
  /// it, as from a backup, or by who has invited us ([RoomEvent#keysFrom]).
  UNPROVEN;

  /// Whether it came encrypted.
  public boolean isEncrypted() {
    return this != CLEAR;
  }
}
