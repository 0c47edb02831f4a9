package dev.sotto.client.encryption.identity;

/// What became of a private key that was handed in.
public enum ImportOutcome {
  IMPORTED,
  /// It belongs to another public key than the one that is published: the secret is outdated, or
  /// the server shows a wrong identity.
  MISMATCH,
  /// No public key is known to check it with.
  NO_IDENTITY
}
