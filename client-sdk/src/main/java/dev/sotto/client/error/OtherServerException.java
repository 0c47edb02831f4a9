package dev.sotto.client.error;

/// A store holds a session with a server at another address than the one given: see
/// [ClientBuilder#serverMoved].
public final class OtherServerException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  /// The library throws these; a program makes one at most to test what it does then.
  ///
  /// @param kept the address that the session was made with
  /// @param given the one that it should be carried on with
  public OtherServerException(String kept, String given) {
    super(
        ("The store holds a session with the server at %s, and not at %s. If it has moved there,"
                + " say so with serverMoved().")
            .formatted(kept, given));
  }
}
