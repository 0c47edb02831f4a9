package dev.sotto.client.terminal.screen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/// What others write cannot act on the terminal.
class HarmlessTest {
  private static final String HOSTILE =
      "a\u001b[31m\u0007\u009b2J\r\n\u202e\u2066\u2028\u0000"
          + "\ud800\u0301\u0301\u200d\ufeff\udb40\udc41";

  @Provide
  Arbitrary<String> texts() {
    Arbitrary<String> anything = Arbitraries.strings().all().ofMaxLength(200);
    Arbitrary<String> nasty = Arbitraries.strings().withChars(HOSTILE).ofMaxLength(200);
    Arbitrary<String> marks = Arbitraries.strings().withChars("a\u0301\u200b").ofMaxLength(50);
    return Arbitraries.oneOf(anything, nasty, marks);
  }

  @Property
  void nothingIsLeftThatATerminalObeys(@ForAll("texts") String text) {
    for (String line : Harmless.lines(text)) {
      line.codePoints().forEach(point -> assertTrue(isShown(point), () -> "U+" + hex(point)));
    }
    Harmless.name(text, "name").codePoints().forEach(point -> assertTrue(isShown(point)));
  }

  private static boolean isShown(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.FORMAT -> point == 0x200D || point == 0x200C;
      default -> true;
    };
  }

  private static String hex(int point) {
    return Integer.toHexString(point);
  }

  @Property
  void marksDoNotPileUp(@ForAll("texts") String text) {
    for (String line : Harmless.lines(text)) {
      assertFalse(line.matches(".*\\p{M}{" + (Harmless.MOST_MARKS + 1) + "}.*"));
    }
  }

  @Property
  void onceHarmlessATextStaysAsItIs(@ForAll("texts") String text) {
    String once = Harmless.line(text);
    assertEquals(once, Harmless.line(once));
  }

  @Property
  void lengthIsLimited(@ForAll("texts") String text) {
    List<String> lines = Harmless.lines(text.repeat(200));
    assertTrue(lines.size() <= Harmless.MOST_LINES + 1);
    assertTrue(String.join("", lines).length() <= Harmless.MOST_CHARACTERS + 40);
    assertFalse(lines.isEmpty());
  }

  @Test
  void coloursTitlesAndClipboardAreLeftAlone() {
    assertEquals("\uFFFD[31mred", Harmless.line("\u001b[31mred"));
    assertEquals("\uFFFD]0;title\uFFFD", Harmless.line("\u001b]0;title\u0007"));
    assertEquals("\uFFFD]52;c;cm0gLXJm\uFFFD\\", Harmless.line("\u001b]52;c;cm0gLXJm\u001b\\"));
    assertEquals("\uFFFD2J", Harmless.line("\u009b2J"));
    assertEquals("over\uFFFDwritten", Harmless.line("over\bwritten"));
  }

  @Test
  void directionIsNotTurned() {
    assertEquals("invoice_fdp.exe", Harmless.line("invoice_\u202efdp.exe"));
    assertEquals("ab", Harmless.line("a\u2066\u2069\u200f\u061cb"));
  }

  @Test
  void eachLineIsALineOfItsOwn() {
    assertEquals(List.of("a", "b", "c", "d", "e"), Harmless.lines("a\nb\r\nc\rd\u2028e"));
    assertEquals(List.of("a", "", "b"), Harmless.lines("a\n\nb"));
    assertEquals(List.of("a"), Harmless.lines("a\n"));
    assertEquals(List.of(""), Harmless.lines(""));
  }

  @Test
  void writingOfAllPeoplesIsKept() {
    for (String text :
        List.of(
            "Zoë",
            "שלום",
            "سلام",
            "नमस्ते",
            "ไทย",
            "日本語",
            "👩‍👩‍👧",
            "☎️",
            "🏳️‍🌈",
            "می‌خواهم")) {
      assertEquals(text, Harmless.line(text));
    }
  }

  @Test
  void nameThatShowsNothingIsReplaced() {
    assertEquals("@eve:example.org", Harmless.name("\u200b\u2060 ", "@eve:example.org"));
    assertEquals("@eve:example.org", Harmless.name("...", "@eve:example.org"));
    assertEquals("🦊", Harmless.name("🦊", "@eve:example.org"));
    assertEquals("Ada Lovelace", Harmless.name(" Ada\nLovelace ", "@ada:example.org"));
  }

  @Test
  void longNameIsCutBetweenCharacters() {
    String name = Harmless.name("🦊".repeat(100), "x");
    assertTrue(name.endsWith("🦊…"));
    assertTrue(name.length() <= 50);
  }
}
