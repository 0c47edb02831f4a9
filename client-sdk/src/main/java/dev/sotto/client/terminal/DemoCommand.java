package dev.sotto.client.terminal;

import dev.sotto.client.terminal.demo.Demo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

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
  @Option(
      names = "--server-jar",
      paramLabel = "JAR",
      required = true,
      description = "The built homeserver; ./sotto demo finds it.")
  private Path serverJar = Path.of("");

  @Override
  public Integer call() throws Exception {
    if (!Files.isReadable(serverJar)) {
      System.err.println("There is no server at " + serverJar + ".");
      return 1;
    }
    try {
      return new Demo(serverJar, System.out).run() ? 0 : 1;
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
