package dev.sotto.homeserver.blindness;

/// What state of one type may be: the shapes of its state key and of its content.
record StateRule(Shape stateKey, Shape content) {
  private static final Shape NONE = Shapes.oneOf("");

  /// State that a room has once.
  static StateRule once(Shape content) {
    return new StateRule(NONE, content);
  }
}
