package dev.sotto.spec;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.spec.harness.Program;
import dev.sotto.spec.harness.Program.Run;
import dev.sotto.spec.harness.Server;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The script at the top, as a new user meets it.
class LauncherTest {
  private static final Path SCRIPT = Server.PROJECT.resolve("sotto");
  private static final String PATH = "/usr/bin:/bin";

  /// On an idle machine with two cores it takes less than two seconds; one that is busy with other
  /// tests gets more. What was measured is printed.
  private static final Duration START = Duration.ofSeconds(6);

  /// What the script's Java may keep in memory, in KiB.
  private static final int IDLE_KIB = 150 * 1024;

  @TempDir Path folder;

  @Test
  void helpNamesTheCommands() throws Exception {
    Run run = Program.run(new ProcessBuilder(SCRIPT.toString(), "help"));
    assertEquals(0, run.status());
    assertThat(run.output(), containsString("./sotto serve"));
    assertThat(run.output(), containsString("./sotto test"));
  }

  @Test
  void unknownCommandIsNamed() throws Exception {
    Run run = Program.run(new ProcessBuilder(SCRIPT.toString(), "sevre"));
    assertNotEquals(0, run.status());
    assertThat(run.output(), containsString("There is no command 'sevre'"));
  }

  @Test
  void jdkIsTakenFromJavaHome() throws Exception {
    assertEquals(
        "25", version(java(Map.of("JAVA_HOME", jdk("any/where", "25.0.1"), "PATH", PATH))));
  }

  @Test
  void jdkIsTakenFromThePath() throws Exception {
    String path = jdk("on/the/path", "25") + "/bin:" + PATH;
    assertEquals("25", version(java(Map.of("PATH", path))));
  }

  @Test
  void jdkIsFoundWhereManagersKeepItThoughJavaIsOlder() throws Exception {
    String old = jdk("old", "17.0.15");
    String name = "home/.sdkman/candidates/java/27-open";
    Run run = java(Map.of("JAVA_HOME", old, "PATH", old + "/bin:" + PATH, "HOME", home(name)));
    // A real one under /usr/lib/jvm is as good, and is looked at first.
    assertTrue(Integer.parseInt(version(run)) >= 25, run.output());
  }

  private String home(String jdk) throws IOException {
    jdk(jdk, "27");
    return folder.resolve("home").toString();
  }

  @Test
  void serverStartsQuicklySecondTimeAndStaysSmall() throws Exception {
    Run first = launch();
    assertThat(first.output(), containsString("is up."));

    ServerSocket free = new ServerSocket(0);
    int port = free.getLocalPort();
    free.close();
    Path output = folder.resolve("output");
    long begin = System.nanoTime();
    Process process =
        new ProcessBuilder(SCRIPT.toString(), "serve", "--data", data(), "--port", "" + port)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      Awaitility.await()
          .atMost(1, TimeUnit.MINUTES)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(10))
          .until(() -> answers(port) || !process.isAlive());
      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      AtomicInteger idle = new AtomicInteger();
      Awaitility.await("memory that an idle server gives back")
          .atMost(1, TimeUnit.MINUTES)
          .until(
              () -> {
                idle.set(residentKib(process.pid()));
                return idle.get() < IDLE_KIB;
              });
      System.out.println(
          "./sotto serve: up after " + took + ", " + idle.get() / 1024 + " MiB resident");
      assertThat(took, lessThan(START));
    } finally {
      process.destroy();
      process.waitFor();
    }
    String printed = Files.readString(output);
    assertThat(printed, not(containsString("uilding")));
    assertThat(printed, not(containsString("warning")));
    assertThat(printed, not(containsString("WARN")));
  }

  private String data() {
    return folder.resolve("data").toString();
  }

  /// Starts the server, which may have to be prepared, and stops it when it is up.
  private Run launch() throws Exception {
    Path output = folder.resolve("first");
    Process process =
        new ProcessBuilder(SCRIPT.toString(), "serve", "--data", data(), "--port", "0")
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    Awaitility.await()
        .atMost(4, TimeUnit.MINUTES)
        .until(() -> Files.readString(output).contains("Ctrl-C") || !process.isAlive());
    process.destroy();
    return new Run(process.waitFor(), Files.readString(output));
  }

  private static boolean answers(int port) {
    try {
      URI uri = URI.create("http://127.0.0.1:" + port + "/_matrix/client/versions");
      HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
      return connection.getResponseCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /// Zero where the system does not tell.
  private static int residentKib(long pid) throws IOException {
    Path status = Path.of("/proc/" + pid + "/status");
    if (!Files.exists(status)) {
      return 0;
    }
    try (Stream<String> lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToInt(line -> Integer.parseInt(line.replaceAll("\\D", "")))
          .sum();
    }
  }

  /// What looks like a JDK to the script.
  private String jdk(String name, String version) throws IOException {
    Path jdk = folder.resolve(name);
    Files.createDirectories(jdk.resolve("bin"));
    for (String program : List.of("java", "javac")) {
      Path file = Files.writeString(jdk.resolve("bin").resolve(program), "#!/bin/sh\n");
      assertTrue(file.toFile().setExecutable(true));
    }
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    return jdk.toRealPath().toString();
  }

  private static Run java(Map<String, String> environment) throws Exception {
    ProcessBuilder builder = new ProcessBuilder("/bin/bash", SCRIPT.toString(), "java");
    builder.environment().remove("JAVA_HOME");
    builder.environment().putAll(environment);
    return Program.run(builder);
  }

  private static String version(Run run) throws IOException {
    assertEquals(0, run.status(), run.output());
    String release = Files.readString(Path.of(run.output().strip(), "release"));
    return release.replaceFirst("(?s).*JAVA_VERSION=\"(\\d+).*", "$1");
  }
}
