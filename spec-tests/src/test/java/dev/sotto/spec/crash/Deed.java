package dev.sotto.spec.crash;

/// One kind of load: does one thing after the other, remembers what the server said of each, and in
/// the end looks whether that is still true.
interface Deed {
  /// Does the next thing, once. It may fail because the server was killed meanwhile; then it is
  /// called again and has to ask for the very same thing.
  void next();

  /// Looks whether everything that was acknowledged is there, and nothing twice.
  void verify();
}
