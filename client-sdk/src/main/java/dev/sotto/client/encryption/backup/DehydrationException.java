package dev.sotto.client.encryption.backup;

/// A dehydrated device cannot be made or woken; the message says why in a sentence.
public final class DehydrationException extends Exception {
  private static final long serialVersionUID = 1L;

  /// What is wrong.
  public enum Reason {
    /// The private key that signs the user's devices is not here: nobody would write to the device.
    NO_IDENTITY,
    /// The device was encrypted with another key, or was altered.
    WRONG_KEY,
    /// The device is stored in a way that is not known here.
    UNSUPPORTED,
    /// What the server has of the device makes no sense.
    MALFORMED
  }

  private final Reason reason;

  DehydrationException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
