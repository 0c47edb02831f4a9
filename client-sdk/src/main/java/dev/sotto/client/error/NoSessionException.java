package dev.sotto.client.error;

/// A store holds no session that could be carried on: nobody has logged in with it, or the device
/// was logged out.
public final class NoSessionException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  /// The library throws these; a program makes one at most to test what it does then.
  public NoSessionException() {
    super("The store holds no session: log in first.");
  }
}
