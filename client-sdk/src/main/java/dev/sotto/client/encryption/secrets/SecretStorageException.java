package dev.sotto.client.encryption.secrets;

/// Secret storage cannot be opened, or a secret cannot be had from it; the message says why in a
/// sentence.
public final class SecretStorageException extends Exception {
  private static final long serialVersionUID = 1L;

  /// What is wrong.
  public enum Reason {
    /// What was typed is no recovery key; the message says where it is wrong.
    NO_RECOVERY_KEY,
    /// The key is not the one that the secrets are encrypted with.
    WRONG_KEY,
    /// The secret is not stored for this key.
    NOT_STORED,
    /// The secret was altered, or is another one.
    TAMPERED,
    /// What the server holds is not whole, or not of the right form.
    MALFORMED,
    /// The key or the secret is of a kind that is not known here.
    UNSUPPORTED,
    /// Nothing shows that the key is the user's, so nothing is encrypted with it.
    UNPROVEN
  }

  private final Reason reason;

  SecretStorageException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
