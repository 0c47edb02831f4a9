package dev.sotto.homeserver.blindness;

import org.jspecify.annotations.Nullable;

/// What is kept beside an uploaded file's bytes, after the [Gate] let it in.
public final class AdmittedMedia {
  private final String contentType;
  private final @Nullable String fileName;

  /// Only the gate makes one.
  AdmittedMedia(String contentType, @Nullable String fileName) {
    this.contentType = contentType;
    this.fileName = fileName;
  }

  public String contentType() {
    return contentType;
  }

  public @Nullable String fileName() {
    return fileName;
  }
}
