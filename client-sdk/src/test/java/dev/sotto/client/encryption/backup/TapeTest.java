package dev.sotto.client.encryption.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringReader;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TapeTest {
  private static final int LENGTH = 100;

  @Test
  void lastPartCanBeHadAgainAndLittleMoreIsHeld() throws IOException {
    // Any hundred characters of it are others.
    String text =
        IntStream.range(0, LENGTH).mapToObj("%010d"::formatted).collect(Collectors.joining());
    char[] buffer = new char[16];
    try (Tape tape = new Tape(new StringReader(text), LENGTH)) {
      int end = 0;
      for (int count = tape.read(buffer); count > 0; count = tape.read(buffer)) {
        end += count;
        int from = Math.max(0, end - LENGTH);
        assertEquals(text.substring(from, end), tape.between(from, end));
        int held = tape.held();
        assertTrue(held <= 2 * LENGTH + buffer.length, () -> held + " characters are held");
      }
      assertEquals(10 * LENGTH, end);
    }
  }
}
