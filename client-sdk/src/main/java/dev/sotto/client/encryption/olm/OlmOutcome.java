package dev.sotto.client.encryption.olm;

/// What became of an encrypted message to this device.
public sealed interface OlmOutcome {
  /// It could be read, and is what it says.
  record Decrypted(OlmEvent event) implements OlmOutcome {}

  /// It is worth nothing; nobody is to be told more of it than the reason.
  record Undecryptable(Reason reason) implements OlmOutcome {}

  /// Why a message cannot be used.
  enum Reason {
    /// It is not of the form that the specification says.
    MALFORMED,
    /// It is encrypted in another way than Olm's.
    UNSUPPORTED_ALGORITHM,
    /// It is encrypted to other devices only.
    NOT_FOR_US,
    /// It belongs to a session that this device does not have (any more).
    UNKNOWN_SESSION,
    /// It was read before, or is too old.
    REPLAY,
    /// It was altered, or its session is out of step.
    DAMAGED,
    /// What it says of its sender or recipient is not so: it was made to deceive.
    MISMATCH
  }
}
