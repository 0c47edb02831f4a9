package dev.sotto.client.terminal.screen;

import java.util.List;
import java.util.function.BiFunction;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;

/// A line as far as it is typed, for completion: what is completed runs from a place up to the
/// cursor. Spaces separate nothing by themselves, so that names and paths may hold them.
///
/// @param line all of it
/// @param cursor where the cursor is
/// @param start where what is completed begins
record Typed(String line, int cursor, int start) implements ParsedLine {
  /// @param start says where in a line, seen up to a cursor, that begins
  static Parser parser(BiFunction<String, Integer, Integer> start) {
    return (line, cursor, _) -> new Typed(line, cursor, start.apply(line, cursor));
  }

  @Override
  public String word() {
    return line.substring(start, cursor);
  }

  @Override
  public int wordCursor() {
    return cursor - start;
  }

  @Override
  public int wordIndex() {
    return 0;
  }

  @Override
  public List<String> words() {
    return List.of(word());
  }
}
