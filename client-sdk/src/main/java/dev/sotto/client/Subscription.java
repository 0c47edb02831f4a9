package dev.sotto.client;

/// Stands for a handler that was registered.
@FunctionalInterface
public interface Subscription extends AutoCloseable {
  /// Takes the handler away; what it deals with right now it still deals with. Closing again has no
  /// effect.
  @Override
  void close();
}
