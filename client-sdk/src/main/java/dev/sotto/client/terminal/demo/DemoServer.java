package dev.sotto.client.terminal.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A homeserver in a process of its own, on an empty folder and a port that is free.
final class DemoServer implements AutoCloseable {
  private static final Pattern ADDRESS = Pattern.compile(" *address +(http://\\S+)");
  private static final int PATIENCE_SECONDS = 10;

  private final Process process;
  private final String address;

  private DemoServer(Process process, String address) {
    this.process = process;
    this.address = address;
  }

  /// Starts it, and waits until it is up.
  ///
  /// @param folder for its data and its log
  /// @throws IOException if it does not start
  static DemoServer start(Path jar, Path folder) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx512m", "-jar"));
    command.add(jar.toAbsolutePath().toString());
    command.addAll(List.of("serve", "--data", folder.resolve("data").toString(), "--port", "0"));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("SOTTO_"));
    builder.environment().put("SOTTO_REGISTRATION_MODE", "open");
    builder.environment().put("SOTTO_ENCRYPTION_POLICY", "required");
    Path log = folder.resolve("server.log");
    builder.redirectError(log.toFile());
    Process process = builder.start();
    // Not closed: the server goes on writing.
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      Matcher address = ADDRESS.matcher(line);
      if (address.matches()) {
        return new DemoServer(process, address.group(1));
      }
    }
    process.destroyForcibly();
    throw new IOException("The server did not start: " + Files.readString(log));
  }

  /// Where it is reached.
  String address() {
    return address;
  }

  boolean isRunning() {
    return process.isAlive();
  }

  /// Ends it as a signal would, so that all it knows is on disk afterwards.
  @Override
  public void close() {
    process.destroy();
    try {
      if (process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly().onExit().join();
  }
}
