package dev.sotto.homeserver.push;

import java.util.BitSet;
import java.util.Locale;

/// A pattern in which `*` stands for any characters and `?` for one; case does not matter.
///
/// It is run as a state machine, so that no pattern costs more than its length times the text's.
///
/// @spec https://spec.matrix.org/v1.19/appendices/#glob-style-matching
final class Glob {
  private static final int ANY = -1;
  private static final int ONE = -2;

  private final int[] pattern;

  Glob(String pattern) {
    this(points(pattern));
    for (int i = 0; i < this.pattern.length; i++) {
      if (this.pattern[i] == '*') {
        this.pattern[i] = ANY;
      } else if (this.pattern[i] == '?') {
        this.pattern[i] = ONE;
      }
    }
  }

  private Glob(int[] pattern) {
    this.pattern = pattern;
  }

  /// A pattern in which no character has a meaning of its own.
  static Glob literal(String text) {
    return new Glob(points(text));
  }

  /// Whether the whole of `text` matches.
  boolean matchesAll(String text) {
    BitSet states = new BitSet();
    start(states);
    for (int point : points(text)) {
      states = step(states, point);
      if (states.isEmpty()) {
        return false;
      }
    }
    return states.get(pattern.length);
  }

  /// Whether a part of `text` matches that starts and ends at word boundaries.
  boolean matchesWords(String text) {
    int[] points = points(text);
    BitSet states = new BitSet();
    for (int i = 0; i <= points.length; i++) {
      boolean boundaryBefore = i == 0 || !isWord(points[i - 1]);
      boolean boundaryAfter = i == points.length || !isWord(points[i]);
      if (boundaryAfter && i > 0 && states.get(pattern.length)) {
        return true;
      }
      if (boundaryBefore) {
        start(states);
      }
      if (i < points.length) {
        states = step(states, points[i]);
      }
    }
    return false;
  }

  private void start(BitSet states) {
    reach(states, 0);
  }

  /// Enters a state, and with it those behind stars, which may stand for nothing.
  private void reach(BitSet states, int state) {
    int reached = state;
    states.set(reached);
    while (reached < pattern.length && pattern[reached] == ANY) {
      states.set(++reached);
    }
  }

  private BitSet step(BitSet states, int point) {
    BitSet next = new BitSet(pattern.length + 1);
    for (int s = states.nextSetBit(0); s >= 0 && s < pattern.length; s = states.nextSetBit(s + 1)) {
      if (pattern[s] == ANY) {
        reach(next, s);
      } else if (pattern[s] == ONE || pattern[s] == point) {
        reach(next, s + 1);
      }
    }
    return next;
  }

  private static int[] points(String text) {
    return text.toLowerCase(Locale.ROOT).codePoints().toArray();
  }

  private static boolean isWord(int point) {
    return point >= 'a' && point <= 'z'
        || point >= 'A' && point <= 'Z'
        || point >= '0' && point <= '9'
        || point == '_';
  }
}
