package dev.sotto.client.terminal.chat;

import java.util.Locale;

/// What a typed line means.
sealed interface Input {
  /// Nothing was typed.
  record Nothing() implements Input {}

  /// Something that is to be said in the room.
  record Words(String text) implements Input {}

  /// Something that the program is to do.
  ///
  /// @param name in small letters, without the slash
  /// @param rest what stands behind it
  record Order(String name, String rest) implements Input {}

  /// A line that begins with a slash is an order, also one that nobody knows: a typing error is not
  /// to be said aloud. Two slashes begin something to be said that begins with one.
  static Input of(String line) {
    String text = line.strip();
    if (text.isEmpty()) {
      return new Nothing();
    }
    if (!text.startsWith("/")) {
      return new Words(line.stripTrailing());
    }
    if (text.startsWith("//")) {
      return new Words(text.substring(1));
    }
    int end = 1;
    while (end < text.length() && !Character.isWhitespace(text.charAt(end))) {
      end++;
    }
    String name = text.substring(1, end).toLowerCase(Locale.ROOT);
    return new Order(name, text.substring(end).strip());
  }
}
