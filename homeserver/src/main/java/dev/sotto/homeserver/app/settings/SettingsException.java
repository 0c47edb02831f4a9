package dev.sotto.homeserver.app.settings;

/// A setting is wrong, and the server does not start. The message is for its owner.
public final class SettingsException extends Exception {
  private static final long serialVersionUID = 1L;

  SettingsException(String message) {
    super(message);
  }
}
