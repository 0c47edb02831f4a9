package dev.sotto.homeserver.app;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/// The program: `serve` starts the server.
@Command(
    name = "sotto",
    description = "A Matrix homeserver that cannot read its users' messages.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    subcommands = {ServeCommand.class, Main.VersionCommand.class})
public final class Main {
  private Main() {}

  /// @param args see `--help`
  public static void main(String[] args) {
    System.exit(new CommandLine(new Main()).execute(args));
  }

  /// The version that the build has written into the jar.
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"Sotto " + number()};
    }

    static String number() {
      String version = Main.class.getPackage().getImplementationVersion();
      return version == null ? "(not packaged)" : version;
    }
  }

  @Command(name = "version", description = "Print the version.")
  static final class VersionCommand implements Runnable {
    @Override
    public void run() {
      System.out.println("Sotto " + Version.number());
    }
  }
}
