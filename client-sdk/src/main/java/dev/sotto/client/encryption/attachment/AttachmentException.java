package dev.sotto.client.encryption.attachment;

/// An encrypted file cannot be used; the message says why in a sentence.
public final class AttachmentException extends Exception {
  private static final long serialVersionUID = 1L;

  /// What is wrong.
  public enum Reason {
    /// What the message says of the file is not whole, or not of the right form.
    MALFORMED,
    /// The file is encrypted in a way that is not known here.
    UNSUPPORTED,
    /// The file is not the one that was sent: altered, cut off or exchanged.
    TAMPERED
  }

  private final Reason reason;

  AttachmentException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
