package dev.sotto.protocol.event;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReactionKeyTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"👍", "👍🏽", "❤️", "🇳🇱", "👨‍👩‍👧‍👦", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "1️⃣", "+", "é"})
  void oneCharacterIsASign(String key) {
    assertTrue(ReactionKey.isOneCharacter(key));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\n", "no", "👍👍", "👍 ", "\uD83D", "\uE000", "\u0007"})
  void moreOrNothingToSeeIsNone(String key) {
    assertFalse(ReactionKey.isOneCharacter(key));
  }

  @ParameterizedTest
  @ValueSource(ints = {40, 4_000})
  void marksUponMarksAreNotOneSign(int marks) {
    assertFalse(ReactionKey.isOneCharacter("e" + "\u0301".repeat(marks)));
  }
}
