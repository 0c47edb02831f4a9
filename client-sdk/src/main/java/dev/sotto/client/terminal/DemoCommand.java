package dev.sotto.client.terminal;

import dev.sotto.client.terminal.demo.Demo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Shows what a server sees of a chat, and what not.
@Command(
    name = "demo",
    description =
        "Start a server and three clients in a temporary folder, let them chat, and show what the"
            + " server sees of it.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:all of it held",
      "1:something did not hold, or it could not be tried",
      "2:the flags are wrong"
    })
final class DemoCommand implements Callable<Integer> {
  /// The demonstration.
  @FunctionalInterface
  interface Play {
    /// @return whether all of it held
    boolean run(Path serverJar) throws Exception;
  }

  private final Play play;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--server-jar",
      paramLabel = "JAR",
      description = "The built homeserver; ./sotto demo gives it by itself.")
  private @Nullable Path serverJar;

  DemoCommand() {
    this(serverJar -> new Demo(serverJar, System.out).run());
  }

  DemoCommand(Play play) {
    this.play = play;
  }

  @Override
  public Integer call() {
    Path jar = serverJar;
    if (jar == null) {
      throw Main.mistake(
          this, spec, "Which server? ./sotto demo gives it; else give --server-jar.");
    }
    if (!Files.isReadable(jar)) {
      System.err.println("There is no server at " + jar + ".");
      return 1;
    }
    try {
      return play.run(jar) ? 0 : 1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      System.err.println(e.getMessage());
      return 1;
    } catch (Exception e) {
      System.err.println("The demonstration could not go on. " + e);
      return 1;
    }
  }
}
