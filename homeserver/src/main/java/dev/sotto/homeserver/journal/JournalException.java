package dev.sotto.homeserver.journal;

/// A change could not be made durable; nothing of it is there.
public final class JournalException extends RuntimeException {
  public JournalException(String message, Throwable cause) {
    super(message, cause);
  }
}
