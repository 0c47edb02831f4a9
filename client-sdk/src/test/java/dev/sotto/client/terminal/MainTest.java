package dev.sotto.client.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// What is told of flags.
class MainTest {
  private final StringWriter told = new StringWriter();

  @TempDir Path folder;

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
  void demonstrationWithoutAServerSaysWhoGivesIt() {
    assertEquals(2, execute("demo"));
    assertEquals(
        List.of(
            "Which server? ./sotto demo gives it; else give --server-jar.",
            "./sotto demo --help lists the flags."),
        told.toString().lines().toList());
  }

  @Test
  void demonstrationSucceedsOnlyIfAllOfItHeld() throws IOException {
    assertEquals(0, demonstrate(_ -> true));
    assertEquals(1, demonstrate(_ -> false));
    assertEquals(
        1,
        demonstrate(
            _ -> {
              throw new IOException("The server did not start");
            }));
    assertEquals(1, execute("demo", "--server-jar", folder.resolve("nothing").toString()));
  }

  private int demonstrate(DemoCommand.Play play) throws IOException {
    Path jar = Files.createTempFile(folder, "server", ".jar");
    return new CommandLine(new DemoCommand(play)).execute("--server-jar", jar.toString());
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
