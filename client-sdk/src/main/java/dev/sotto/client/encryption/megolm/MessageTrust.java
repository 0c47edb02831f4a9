package dev.sotto.client.encryption.megolm;

/// How far it is certain who wrote a message.
public enum MessageTrust {
  /// By a device that its user signed, and who that is was verified; or by this device itself.
  VERIFIED,
  /// By a device that its user signed; who that is was not verified.
  SIGNED,
  /// By a device of somebody who was verified and has another identity now.
  OWNER_CHANGED,
  /// By a device that its user has not signed: anybody who controls the user's server may have
  /// added it.
  UNSIGNED,
  /// By a device that is not known, or not any more.
  UNKNOWN_DEVICE,
  /// Nobody can tell: the key to it was passed on by others than who wrote it.
  UNPROVEN
}
