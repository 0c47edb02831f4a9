package dev.sotto.protocol.rules;

/// What the authorization rules say about an event.
public sealed interface AuthResult {
  /// A yes.
  static AuthResult allowed() {
    return Allowed.YES;
  }

  /// A no, with a sentence that says why.
  static AuthResult denied(String reason) {
    return new Denied(reason);
  }

  default boolean isAllowed() {
    return this instanceof Allowed;
  }

  /// The event may be part of the room.
  record Allowed() implements AuthResult {
    private static final Allowed YES = new Allowed();
  }

  /// The event may not be part of the room.
  ///
  /// @param reason a sentence for people
  record Denied(String reason) implements AuthResult {}
}
