package dev.sotto.client.terminal.screen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jline.terminal.Attributes;
import org.jline.terminal.Attributes.LocalFlag;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.ExternalTerminal;
import org.jline.utils.AttributedString;
import org.junit.jupiter.api.Test;

/// A terminal, of which a test is the other end.
class LiveTerminalTest {
  private static final Duration NEVER = Duration.ofDays(1);

  private static final Completion NONE =
      new Completion() {
        @Override
        public int start(String line, int cursor) {
          return 0;
        }

        @Override
        public List<Choice> choices(String line, int cursor) {
          return List.of();
        }
      };

  private static Terminal terminal(String typed, OutputStream out) throws IOException {
    ExternalTerminal terminal =
        new ExternalTerminal(
            "test",
            "xterm",
            new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8)),
            out,
            StandardCharsets.UTF_8);
    terminal.setSize(Size.of(80, 24));
    return terminal;
  }

  @Test
  void typedLinesComeAsTheyAre() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (LiveTerminal live =
        new LiveTerminal(terminal("grüße 100%!1\r/who\r", out), NONE, true, NEVER)) {
      assertEquals(Optional.of("grüße 100%!1"), live.line(new AttributedString("50% off> ")));
      assertEquals(Optional.of("/who"), live.line(new AttributedString("> ")));
    }
    assertTrue(out.toString(StandardCharsets.UTF_8).contains("50% off> "));
  }

  @Test
  void whatIsTypedWhileNothingIsAskedForIsNotShownTwice() throws IOException {
    Terminal terminal = terminal("one\r", new ByteArrayOutputStream());
    Attributes shell = terminal.getAttributes();
    shell.setLocalFlags(EnumSet.of(LocalFlag.ECHO, LocalFlag.ICANON, LocalFlag.ISIG), true);
    terminal.setAttributes(shell);
    try (LiveTerminal live = new LiveTerminal(terminal, NONE, true, NEVER)) {
      assertFalse(terminal.getAttributes().getLocalFlag(LocalFlag.ECHO));
      live.line(new AttributedString("> "));
      assertFalse(terminal.getAttributes().getLocalFlag(LocalFlag.ECHO));
      // Ctrl-C still ends what takes too long.
      assertTrue(terminal.getAttributes().getLocalFlag(LocalFlag.ISIG));
    }
  }

  @Test
  void whatStandsOutDoesSoByItsColour() throws IOException {
    Set<String> styles = new HashSet<>();
    for (Colour colour : EnumSet.complementOf(EnumSet.of(Colour.PLAIN))) {
      String written = written(colour, true);
      assertTrue(written.matches("(?s).*\u001b\\[[0-9;]+mhello\u001b\\[.*"), colour + written);
      styles.add(written);
    }
    assertTrue(written(Colour.DANGER, true).contains("\u001b[31;1mhello"));
    // Only one's own name and what is good may look alike.
    assertTrue(styles.size() >= Colour.values().length - 2, styles.toString());
    assertTrue(written(Colour.PLAIN, true).contains("hello"));
    assertFalse(written(Colour.PLAIN, true).contains("mhello"));
  }

  @Test
  void withoutColoursNoneIsWritten() throws IOException {
    for (Colour colour : Colour.values()) {
      assertFalse(written(colour, false).contains("mhello"), colour.toString());
    }
  }

  private static String written(Colour colour, boolean coloured) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (LiveTerminal live = new LiveTerminal(terminal("", out), NONE, coloured, NEVER)) {
      live.show(new Line().add(colour, "hello").line());
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void whoeverWaitsIsTold() throws Exception {
    CountDownLatch told = new CountDownLatch(1);
    OutputStream out =
        new ByteArrayOutputStream() {
          @Override
          public void flush() {
            if (toString(StandardCharsets.UTF_8).contains("Waiting for the server")) {
              told.countDown();
            }
          }
        };
    try (LiveTerminal _ = new LiveTerminal(terminal("", out), NONE, true, Duration.ZERO)) {
      assertTrue(told.await(30, TimeUnit.SECONDS));
    }
  }
}
