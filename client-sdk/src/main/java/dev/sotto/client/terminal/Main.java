package dev.sotto.client.terminal;

import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The programs of the client.
@Command(
    name = "sotto",
    description = "Chat from the terminal, end-to-end encrypted.",
    mixinStandardHelpOptions = true,
    subcommands = {ChatCommand.class, DemoCommand.class})
public final class Main {
  private Main() {}

  /// @param args see `--help`
  public static void main(String[] args) {
    // What goes wrong is told on the screen, where lines of a log would be in the way.
    Logger.getLogger("").setLevel(Level.OFF);
    System.exit(new CommandLine(new Main()).execute(args));
  }
}
