package dev.sotto.client.terminal.screen;

import java.util.ArrayList;
import java.util.List;

/// Text of others, made so that it cannot act on the terminal that shows it: it can neither move
/// the cursor nor change colours, titles or the clipboard, nor turn the order of what stands beside
/// it, nor pretend to be another line.
public final class Harmless {
  private static final int REPLACEMENT = 0xFFFD;
  private static final int ZERO_WIDTH_NON_JOINER = 0x200C;
  private static final int ZERO_WIDTH_JOINER = 0x200D;
  private static final int LINE_SEPARATOR = 0x2028;
  private static final int PARAGRAPH_SEPARATOR = 0x2029;
  private static final int NEXT_LINE = 0x85;

  /// More marks than this on one letter are no language's: they are there to cover other lines.
  static final int MOST_MARKS = 4;

  static final int MOST_CHARACTERS = 8000;
  static final int MOST_LINES = 60;
  private static final int NAME_CHARACTERS = 48;

  private Harmless() {}

  /// The lines of a text, each of which can be shown as it is; never none.
  public static List<String> lines(String text) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    int marks = 0;
    int length = Math.min(text.length(), MOST_CHARACTERS);
    for (int i = 0; i < length && lines.size() < MOST_LINES; ) {
      int point = text.codePointAt(i);
      i += Character.charCount(point);
      if (isBreak(point)) {
        if (point != '\r' || i >= text.length() || text.charAt(i) != '\n') {
          lines.add(line.toString());
          line.setLength(0);
        }
        marks = 0;
      } else {
        // What is not seen does not make another letter.
        if (isMark(point)) {
          marks++;
        } else if (Character.getType(point) != Character.FORMAT) {
          marks = 0;
        }
        if (marks <= MOST_MARKS) {
          append(line, point);
        }
      }
    }
    if (text.length() > MOST_CHARACTERS || lines.size() == MOST_LINES) {
      line.append("… (more than is shown here)");
    }
    if (!line.isEmpty() || lines.isEmpty()) {
      lines.add(line.toString());
    }
    return lines;
  }

  /// A text as one line.
  public static String line(String text) {
    return String.join(" ", lines(text)).strip();
  }

  /// A name, not longer than is good for a line.
  ///
  /// @param otherwise what to show where nothing is left of the name; made harmless as well
  public static String name(String name, String otherwise) {
    String shown = line(name);
    if (shown.codePoints().noneMatch(Character::isLetterOrDigit)) {
      // Also a name of emoji alone is a name.
      boolean visible = shown.codePoints().anyMatch(Harmless::isSymbol);
      shown = visible ? shown : line(otherwise);
    }
    if (shown.length() <= NAME_CHARACTERS) {
      return shown;
    }
    int end = shown.offsetByCodePoints(0, shown.codePointCount(0, NAME_CHARACTERS));
    return shown.substring(0, end) + "…";
  }

  private static boolean isBreak(int point) {
    return point == '\n'
        || point == '\r'
        || point == NEXT_LINE
        || point == LINE_SEPARATOR
        || point == PARAGRAPH_SEPARATOR;
  }

  private static boolean isMark(int point) {
    return switch (Character.getType(point)) {
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.COMBINING_SPACING_MARK ->
          true;
      default -> false;
    };
  }

  private static boolean isSymbol(int point) {
    return Character.getType(point) == Character.OTHER_SYMBOL
        || Character.getType(point) == Character.MATH_SYMBOL;
  }

  private static void append(StringBuilder line, int point) {
    switch (Character.getType(point)) {
      case Character.CONTROL -> line.appendCodePoint(point == '\t' ? ' ' : REPLACEMENT);
      case Character.SURROGATE -> line.appendCodePoint(REPLACEMENT);
      case Character.FORMAT -> {
        // Joiners shape letters and emoji; the others turn directions or are not seen at all.
        if (point == ZERO_WIDTH_JOINER || point == ZERO_WIDTH_NON_JOINER) {
          line.appendCodePoint(point);
        }
      }
      default -> line.appendCodePoint(point);
    }
  }
}
