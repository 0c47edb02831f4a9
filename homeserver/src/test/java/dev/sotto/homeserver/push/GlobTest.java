package dev.sotto.homeserver.push;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          lunc?*, Lunch plans, true
          lunc?*, LUNCH, true
          lunc?*, ' lunch', false
          lunc?*, lunc, false
          m.room.*, m.room.member, true
          m.room.member, M.Room.Member, true
          m.room.member, mxroomxmember, false
          *, anything, true
          '', '', true
          '', x, false
          *a*b*, xxaxxbxx, true
          *a*b*, xxbxxaxx, false
          """)
  void matchesTheWholeText(String pattern, String text, boolean expected) {
    assertEquals(expected, new Glob(pattern).matchesAll(text));
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          ex*ple, An example event., true
          ex*ple, exple, true
          ex*ple, An exciting triple-whammy, true
          cake, I like CAKE!, true
          cake, cakes, false
          cake, pancake, false
          cake, cake_lie, false
          cake, größcake, true
          cake*lie, the cake is a lie, true
          foo?, food for all, true
          foo?, a foot, true
          foo?, afoot, false
          cake, '', false
          """)
  void matchesWords(String pattern, String text, boolean expected) {
    assertEquals(expected, new Glob(pattern).matchesWords(text));
  }

  @Test
  void aLiteralHasNoWildcards() {
    assertEquals(true, Glob.literal("a*b").matchesWords("see a*b here"));
    assertFalse(Glob.literal("a*b").matchesWords("see axxb here"));
  }

  @Test
  void noPatternCostsMoreThanItsLengthTimesTheText() {
    Glob glob = new Glob("*a".repeat(200) + "b");
    String text = "a ".repeat(4_000);
    assertFalse(assertTimeoutPreemptively(Duration.ofSeconds(30), () -> glob.matchesWords(text)));
  }
}
