package dev.sotto.client.event;

import java.util.Optional;

/// A message in words.
///
/// @param html the same with formatting: foreign HTML, to be cleaned before a browser shows it
public record TextMessage(Envelope envelope, Kind kind, String text, Optional<String> html)
    implements Message {
  /// How it is meant.
  public enum Kind {
    /// Said.
    TEXT,
    /// Said by a program. Programs do not answer it, else two of them would never end.
    NOTICE,
    /// Done, not said: `/me waves`.
    EMOTE
  }

  /// Without the words.
  @Override
  public String toString() {
    return kind + " " + id();
  }
}
