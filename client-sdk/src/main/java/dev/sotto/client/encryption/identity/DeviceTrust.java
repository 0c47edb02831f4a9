package dev.sotto.client.encryption.identity;

/// What is known of whose a device is, from the most to the least.
public enum DeviceTrust {
  /// The owner's identity was verified and has signed the device, or the device itself was verified
  /// while its owner had this identity, or it is this one.
  VERIFIED,
  /// The owner's identity has signed it; that identity was never verified, so it is believed as it
  /// is shown. If it is another than the one seen first, that was told ([IdentityChange]).
  SIGNED,
  /// Its owner has not signed it, or has no identity: whoever speaks for the server may have added
  /// it.
  UNSIGNED,
  /// Its owner's identity was verified and is another now, which was not confirmed.
  OWNER_CHANGED
}
