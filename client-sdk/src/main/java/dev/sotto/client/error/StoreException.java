package dev.sotto.client.error;

import org.jspecify.annotations.Nullable;

/// A store cannot be opened, read or written; the message says why in a sentence.
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// What went wrong.
  public enum Reason {
    /// Another process, or another part of this one, has the file open.
    IN_USE,
    /// The passphrase or the key file is not the one the file was made with.
    WRONG_KEY,
    /// The file was made by a newer version of this library.
    NEWER_FORMAT,
    /// What is in the file is not what was written.
    DAMAGED,
    /// The file cannot be read or written.
    UNUSABLE,
    /// The store is closed.
    CLOSED
  }

  private final Reason reason;

  /// The library throws these; a program makes one at most to test what it does then.
  public StoreException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /// One without a cause, made as the other.
  public StoreException(Reason reason, String message) {
    this(reason, message, null);
  }

  /// What went wrong.
  public Reason reason() {
    return reason;
  }
}
