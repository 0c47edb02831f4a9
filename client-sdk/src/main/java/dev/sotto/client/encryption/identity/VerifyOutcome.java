package dev.sotto.client.encryption.identity;

/// What became of a successful verification.
public enum VerifyOutcome {
  /// It is signed, for all of one's devices to see.
  SIGNED,
  /// It is remembered here only: there is no private key here to sign it with, or nothing that
  /// would be signed.
  KEPT_HERE,
  /// The key that was verified is not the one that is known now, or the user has a device that is
  /// called like a key.
  REFUSED
}
