package dev.sotto.client.terminal;

import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;

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
    System.exit(commands().execute(args));
  }

  /// The commands. A mistake in a flag is told alone: below it, the list of all flags would push it
  /// off the screen.
  static CommandLine commands() {
    return new CommandLine(new Main())
        .setParameterExceptionHandler(
            (mistake, _) -> {
              CommandLine command = mistake.getCommandLine();
              command.getErr().println(mistake.getMessage());
              command
                  .getErr()
                  .println(
                      "./" + command.getCommandSpec().qualifiedName() + " --help lists the flags.");
              return CommandLine.ExitCode.USAGE;
            });
  }

  /// A mistake in the flags of a command, as picocli knows it.
  static CommandLine.ParameterException mistake(
      Object command, @Nullable CommandSpec spec, String sentence) {
    return new CommandLine.ParameterException(
        spec == null ? new CommandLine(command) : spec.commandLine(), sentence);
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
