package dev.sotto.client.encryption.backup;

/// What became of a private key that was handed in.
public enum KeyOutcome {
  /// It is the key of the backup, which is trusted now.
  FITS,
  /// It is another backup's, and was not kept.
  ANOTHER,
  /// It is kept until the server has said which backup there is.
  KEPT
}
