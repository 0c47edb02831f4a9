package dev.sotto.homeserver.blindness;

/// Whether the server takes plain text.
public enum EncryptionPolicy {
  /// Every room is encrypted, and what is not is refused: the default.
  REQUIRED,
  /// Plain Matrix, for conformance suites.
  OPTIONAL
}
