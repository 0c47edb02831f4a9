package dev.sotto.client.terminal;

import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/// The programs of the client.
@Command(
    name = "sotto",
    description = "End-to-end encrypted chat.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    subcommands = {ChatCommand.class, DemoCommand.class})
public final class Main {
  private Main() {}

  /// @param args see `--help`
  public static void main(String[] args) {
    // What goes wrong is told on the screen, where lines of a log would be in the way.
    Logger.getLogger("").setLevel(Level.OFF);
    System.exit(new CommandLine(new Main()).execute(args));
  }

  /// The version that the build has written into the jar.
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"Sotto " + (version == null ? "(not packaged)" : version)};
    }
  }
}
