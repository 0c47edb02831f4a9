package dev.sotto.client.encryption.backup;

import java.io.IOException;
import java.io.Reader;

/// Text that is read through, of which the last part can be had again.
final class Tape extends Reader {
  private final Reader text;
  private final int length;
  private final StringBuilder kept = new StringBuilder();
  private long start;

  /// @param length how much can be had again, in characters before what was read at last
  Tape(Reader text, int length) {
    this.text = text;
    this.length = length;
  }

  @Override
  public int read(char[] buffer, int offset, int most) throws IOException {
    // Not each time: that would move all of it for every few characters.
    if (kept.length() > 2 * length) {
      int dropped = kept.length() - length;
      kept.delete(0, dropped);
      start += dropped;
    }
    int count = text.read(buffer, offset, most);
    if (count > 0) {
      kept.append(buffer, offset, count);
    }
    return count;
  }

  /// What lies between two places, counted from the beginning.
  String between(long from, long to) {
    return kept.substring((int) (from - start), (int) (to - start));
  }

  /// How much it holds, in characters.
  int held() {
    return kept.length();
  }

  @Override
  public void close() throws IOException {
    text.close();
  }
}
