package dev.sotto.client;

import dev.sotto.protocol.error.MatrixException;
import java.util.function.Function;

/// Ids that the program gives as text.
final class Ids {
  private Ids() {}

  /// Reads one.
  ///
  /// @throws IllegalArgumentException if it is no such id
  static <T> T given(String text, Function<String, T> type) {
    try {
      return type.apply(text);
    } catch (MatrixException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }
}
