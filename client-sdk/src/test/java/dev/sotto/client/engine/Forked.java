package dev.sotto.client.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// A Java of its own, and what became of it.
record Forked(int exitCode, String output) {

  /// Runs a program to its end.
  ///
  /// @param options for Java; those behind `--` are for the program
  static Forked run(Class<?> program, Path folder, String... options)
      throws IOException, InterruptedException {
    List<String> all = List.of(options);
    int end = all.contains("--") ? all.indexOf("--") : all.size();
    List<String> command =
        Stream.of(
                Stream.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()),
                Stream.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"),
                all.subList(0, end).stream(),
                Stream.of("-cp", System.getProperty("java.class.path"), program.getName()),
                all.stream().skip(end + 1))
            .flatMap(each -> each)
            .toList();
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    return new Forked(process.waitFor(), Files.readString(output));
  }
}
