package dev.sotto.client.encryption.megolm;

/// An event of a room cannot be read; the message says why in a sentence.
public final class DecryptionException extends Exception {
  private static final long serialVersionUID = 1L;

  /// Why it cannot be read.
  public enum Cause {
    /// The key has not arrived; it still may.
    UNKNOWN_SESSION("The key to this message has not arrived."),
    /// The key that arrived is for later messages only.
    UNKNOWN_INDEX("The key that arrived is for later messages only."),
    /// The sender does not want this device to read it, or could not reach it.
    WITHHELD("The sender did not share the key to this message"),
    /// Another event was encrypted with the same key: this one is a copy of it.
    REPLAY("This is a copy of an earlier message."),
    /// The session belongs to somebody else than who is said to have sent it.
    WRONG_SENDER("This message is not from who is said to have sent it."),
    /// It was sent to another room.
    WRONG_ROOM("This message was sent to another room."),
    /// It was altered on its way, or made up.
    TAMPERED("This message was altered on its way."),
    /// It is encrypted in a way that is not known here.
    UNSUPPORTED_ALGORITHM("This message is encrypted in a way that is not supported."),
    /// It does not have the form of an encrypted event.
    MALFORMED("This message is not well-formed.");

    private final String sentence;

    Cause(String sentence) {
      this.sentence = sentence;
    }
  }

  private final Cause cause;

  DecryptionException(Cause cause) {
    super(cause.sentence);
    this.cause = cause;
  }

  private DecryptionException(String withheldCode) {
    super(Cause.WITHHELD.sentence + " (" + withheldCode + ").");
    this.cause = Cause.WITHHELD;
  }

  /// @param code why the key was withheld: `m.unverified`, `m.blacklisted` and so on
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#mroom_keywithheld
  static DecryptionException withheld(String code) {
    return new DecryptionException(code);
  }

  public Cause cause() {
    return cause;
  }
}
