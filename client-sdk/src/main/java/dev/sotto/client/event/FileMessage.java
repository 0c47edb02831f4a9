package dev.sotto.client.event;

import java.util.Optional;
import java.util.OptionalLong;

/// A message with a file, which is not downloaded yet.
///
/// @param text the caption, or else the file's name
/// @param fileName as its sender calls it: not to be used as a path
/// @param contentType as its sender says
/// @param sizeBytes as its sender says
/// @param source where it is
public record FileMessage(
    Envelope envelope,
    Kind kind,
    String text,
    String fileName,
    Optional<String> contentType,
    OptionalLong sizeBytes,
    FileSource source)
    implements Message {
  /// What the sender's program takes it for.
  public enum Kind {
    /// Any file.
    FILE,
    /// A picture.
    IMAGE,
    /// A recording.
    AUDIO,
    /// A film.
    VIDEO
  }

  /// Without the names.
  @Override
  public String toString() {
    return kind + " " + id();
  }
}
