package dev.sotto.client.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/// What is told of flags.
class MainTest {
  private final StringWriter told = new StringWriter();

  private int execute(String... args) {
    CommandLine commands = Main.commands();
    commands.setErr(new PrintWriter(told, true));
    return commands.execute(args);
  }

  @Test
  void mistakeIsToldWithoutTheListOfFlags() {
    assertEquals(2, execute("chat", "--user", "ada", "--passprase"));
    assertEquals(
        List.of("Unknown option: '--passprase'", "./sotto chat --help lists the flags."),
        told.toString().lines().toList());
  }

  @Test
  void missingServerIsToldWithoutTheListOfFlags() {
    assertEquals(2, execute("chat", "--user", "ada"));
    assertEquals(
        List.of(
            "Which server? Give --server, or the whole id in --user.",
            "./sotto chat --help lists the flags."),
        told.toString().lines().toList());
  }
}
