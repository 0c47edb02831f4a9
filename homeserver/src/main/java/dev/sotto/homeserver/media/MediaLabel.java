package dev.sotto.homeserver.media;

import dev.sotto.homeserver.blindness.AdmittedMedia;
import org.jspecify.annotations.Nullable;

/// What a file is served as.
///
/// @param contentType a media type, fit for a header
/// @param fileName the name that its uploader gave it, or null
public record MediaLabel(String contentType, @Nullable String fileName) {
  /// The type of what nobody knows anything about, such as ciphertext.
  public static final String OCTET_STREAM = "application/octet-stream";

  static MediaLabel of(AdmittedMedia admitted) {
    return new MediaLabel(admitted.contentType(), admitted.fileName());
  }
}
