package dev.sotto.homeserver.app;

import dev.sotto.homeserver.app.settings.Settings;
import dev.sotto.homeserver.db.SchemaException;
import java.net.BindException;

/// The server cannot start, for a reason that its owner can mend; the message says which.
final class StartException extends Exception {
  private static final long serialVersionUID = 1L;

  StartException(String message) {
    super(message);
  }

  /// What a failed start means for its owner; a failure without such a meaning is thrown on.
  static StartException of(RuntimeException failure, Settings settings) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof AppserviceFiles.UnusableException) {
        return new StartException(String.valueOf(cause.getMessage()));
      }
      if (cause instanceof SchemaException) {
        return new StartException(
            "The database in "
                + settings.server().data().toAbsolutePath().normalize()
                + " was written by another version of Sotto: start that version, or use another"
                + " folder with --data.");
      }
      if (cause instanceof BindException) {
        return new StartException(
            "It cannot listen on "
                + settings.server().listen()
                + ":"
                + settings.server().port()
                + ", where another program may be listening; choose another port with --port.");
      }
    }
    throw failure;
  }
}
