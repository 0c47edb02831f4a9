package dev.sotto.client.encryption.megolm;

/// A file of exported keys cannot be read; the message says why in a sentence.
public final class KeyFileException extends Exception {
  private static final long serialVersionUID = 1L;

  /// Why it cannot be read.
  public enum Reason {
    /// It is no such file, or not a whole one.
    MALFORMED("This is not a whole file of exported keys."),
    /// It was written with another passphrase, or altered.
    WRONG_PASSPHRASE("The passphrase is not the one the file was written with.");

    private final String sentence;

    Reason(String sentence) {
      this.sentence = sentence;
    }
  }

  private final Reason reason;

  KeyFileException(Reason reason) {
    super(reason.sentence);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
