package dev.sotto.homeserver.db;

/// The database was written by another version of this program, which it cannot go on from.
public final class SchemaException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SchemaException(Throwable cause) {
    super("The database was written by another version of Sotto, or its migration failed.", cause);
  }
}
