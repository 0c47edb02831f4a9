package dev.sotto.homeserver.app.settings;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The values gathered so far, one for each key of the table that was given; a later one replaces
/// an earlier one.
final class Values {
  private final Map<Key<?>, Object> given = new HashMap<>();

  /// The value of a key, or its default.
  @SuppressWarnings("unchecked") // `read` puts only what the key's own kind has made
  <T> T get(Key<T> key) {
    return (T) given.getOrDefault(key, key.fallback());
  }

  boolean has(Key<?> key) {
    return given.containsKey(key);
  }

  /// Takes a value as YAML holds it.
  ///
  /// @param place where it stands, for the message
  <T> void read(Key<T> key, Object value, String place) throws SettingsException {
    Optional<T> read = key.kind().reader().apply(value);
    if (read.isEmpty()) {
      throw new SettingsException(
          place
              + ": "
              + key.name()
              + " must be "
              + key.kind().expectation()
              + (value instanceof Map<?, ?> || value instanceof Iterable<?>
                  ? "."
                  : ", and '" + value + "' is not."));
    }
    given.put(key, read.get());
  }

  /// Takes a value from one line of text.
  <T> void readText(Key<T> key, String text, String place) throws SettingsException {
    read(key, key.kind().lexer().apply(text), place);
  }

  /// The name that takes the fewest edits to become this one.
  static String nearest(String name, Stream<String> valid) {
    return valid.min(Comparator.comparingInt(other -> distance(name, other))).orElseThrow();
  }

  /// Levenshtein's distance: how many characters to insert, delete or replace.
  private static int distance(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }
}
