package dev.sotto.client.http;

import java.io.FileNotFoundException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;

/// What a request carries; each can be sent again.
sealed interface Body {
  record None() implements Body {}

  record Content(byte[] bytes, String contentType) implements Body {
    /// Says nothing of the bytes: they may hold a password.
    @Override
    public String toString() {
      return bytes.length + " bytes of " + contentType;
    }
  }

  record File(Path path, String contentType) implements Body {}

  default BodyPublisher publisher() {
    return switch (this) {
      case None _ -> BodyPublishers.noBody();
      case Content content -> BodyPublishers.ofByteArray(content.bytes());
      case File file -> fromFile(file.path());
    };
  }

  private static BodyPublisher fromFile(Path path) {
    try {
      return BodyPublishers.ofFile(path);
    } catch (FileNotFoundException e) {
      throw new UncheckedIOException(e);
    }
  }
}
