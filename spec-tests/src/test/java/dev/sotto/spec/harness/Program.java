package dev.sotto.spec.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// The built program, started as a process.
public final class Program {
  private static final long TIMEOUT_SECONDS = 240;

  private Program() {}

  /// Starts `serve` on the folder's `data`, on any free port. What it prints goes to the folder's
  /// `greeting`, what it logs to `log`.
  static Process start(Path folder, List<String> flags, Map<String, String> environment)
      throws IOException {
    List<String> command = command();
    command.add("serve");
    command.addAll(List.of("--data", folder.resolve("data").toString(), "--port", "0"));
    command.addAll(flags);
    return process(command, environment)
        .redirectOutput(folder.resolve("greeting").toFile())
        .redirectError(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
        .start();
  }

  /// What a run that ends by itself has printed, and its exit status.
  public record Run(int status, String output) {}

  /// Runs the program with these arguments until it ends.
  public static Run run(Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = command();
    command.addAll(List.of(arguments));
    return run(process(command, environment));
  }

  /// Runs a process until it ends, for four minutes at most.
  public static Run run(ProcessBuilder builder) throws IOException, InterruptedException {
    Path output = Files.createTempFile("program", ".out");
    try {
      Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
      process.getOutputStream().close();
      boolean ended = process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS);
      process.destroyForcibly().waitFor();
      String printed = Files.readString(output);
      if (!ended) {
        throw new IllegalStateException("It did not end by itself:\n" + printed);
      }
      return new Run(process.exitValue(), printed);
    } finally {
      Files.delete(output);
    }
  }

  private static ProcessBuilder process(List<String> command, Map<String, String> environment) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("SOTTO_"));
    builder.environment().putAll(environment);
    return builder;
  }

  private static List<String> command() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    command.add("@" + Server.PROJECT.resolve("config/jvm.options"));
    // A test's server does not live long enough for the second compiler to pay.
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-jar");
    command.add(jar().toString());
    return command;
  }

  private static Path jar() throws IOException {
    Path target = Server.PROJECT.resolve("homeserver/target");
    try (Stream<Path> files = Files.list(target)) {
      return files
          .filter(file -> file.getFileName().toString().matches("homeserver-[^/]*\\.jar"))
          .findFirst()
          .orElseThrow(
              () ->
                  new IllegalStateException(
                      "The server is not built: mvn -Dmaven.test.skip=true package"));
    }
  }
}
