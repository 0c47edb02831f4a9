package dev.sotto.client.terminal.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/// What typed lines mean.
class InputTest {
  @Test
  void wordsAreSaid() {
    assertEquals(new Input.Words("hello there"), Input.of("hello there "));
    assertEquals(new Input.Words("  indented"), Input.of("  indented"));
    assertEquals(new Input.Words("1/2"), Input.of("1/2"));
  }

  @Test
  void slashBeginsAnOrder() {
    assertEquals(
        new Input.Order("join", "#kitchen:example.org"), Input.of("/join  #kitchen:example.org "));
    assertEquals(new Input.Order("quit", ""), Input.of(" /QUIT"));
    assertEquals(new Input.Order("file", "my holiday.png"), Input.of("/file my holiday.png"));
  }

  @Test
  void twoSlashesBeginWordsWithOne() {
    assertEquals(new Input.Words("/etc/passwd is a file"), Input.of("//etc/passwd is a file"));
  }

  @Test
  void blankLineIsNothing() {
    assertEquals(new Input.Nothing(), Input.of(""));
    assertEquals(new Input.Nothing(), Input.of(" \t "));
  }

  @Property
  void mistypedOrderIsNeverSaid(@ForAll String rest) {
    if (!rest.startsWith("/")) {
      assertInstanceOf(Input.Order.class, Input.of("/" + rest));
    }
  }
}
