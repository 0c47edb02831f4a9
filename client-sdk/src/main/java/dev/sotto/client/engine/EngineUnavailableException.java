package dev.sotto.client.engine;

/// The native library cannot be used here; the message says what to do about it.
public final class EngineUnavailableException extends IllegalStateException {
  EngineUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
