package dev.sotto.homeserver.app.settings;

import java.util.Locale;

/// One setting: its dotted name, the kind of its value, and its default.
///
/// @param <T> what its value is read into
record Key<T>(String name, Kind<T> kind, T fallback) {
  /// What the environment variables of this program begin with.
  static final String VARIABLE_PREFIX = "SOTTO_";

  /// The environment variable that sets it: `SOTTO_SERVER_PORT` for `server.port`.
  String variable() {
    return VARIABLE_PREFIX + name.replace('.', '_').toUpperCase(Locale.ROOT);
  }
}
