package dev.sotto.spec;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.spec.harness.Program;
import dev.sotto.spec.harness.Program.Run;
import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The client's programs, each started as its user starts it. Where nothing has granted them the
/// native code of the encryption, they fail here: as they are shipped, Java would only warn.
class ClientProgramsTest {
  private static final String SCRIPT = Server.PROJECT.resolve("sotto").toString();
  private static final String STRICT = "--illegal-native-access=deny";
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private static String classpath = "";

  @TempDir Path folder;
  private final List<Process> started = new ArrayList<>();

  /// Two that build at the same time would be in each other's way.
  @BeforeAll
  static void buildWhatIsMissing() throws Exception {
    Run run = Program.run(new ProcessBuilder(SCRIPT, "classpath"));
    assertEquals(0, run.status(), run.output());
    classpath = run.output().lines().toList().getLast();
  }

  @AfterEach
  void end() throws InterruptedException {
    for (Process process : started) {
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroy();
      process.waitFor();
    }
  }

  private static Path jar() {
    return Path.of(classpath.substring(0, classpath.indexOf(':')));
  }

  private Process start(ProcessBuilder builder, String name, Map<String, String> environment)
      throws IOException {
    builder.environment().putAll(environment);
    Process process =
        builder
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output(name).toFile())
            .start();
    started.add(process);
    return process;
  }

  private Path output(String name) {
    return folder.resolve(name + ".out");
  }

  private void await(String name, String part) {
    Awaitility.await(part)
        .atMost(PATIENCE)
        .until(() -> Files.readString(output(name)), containsString(part));
  }

  private static void type(Process process, String line) throws IOException {
    process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
  }

  @Test
  void classPathHasTheClientAndWhatItNeeds() {
    assertTrue(Files.isReadable(jar()), classpath);
    assertEquals(
        jar().resolveSibling("lib") + "/*", classpath.substring(jar().toString().length() + 1));
  }

  @Test
  void chatAndAnExampleTalkToEachOther() throws Exception {
    User ada = Server.blind().register("ada");
    User echo = Server.blind().register("echo");
    String example = Server.PROJECT.resolve("client-sdk/examples/run").toString();
    start(
        new ProcessBuilder(example, "EchoBot", Server.blind().url(), echo.localpart()),
        "echo",
        Map.of("BOT_PASSWORD", echo.password(), "JDK_JAVA_OPTIONS", STRICT));
    Process chat =
        start(
            new ProcessBuilder(chat(ada, SCRIPT)),
            "ada",
            Map.of("MATRIX_PASSWORD", ada.password(), "SOTTO_JAVA_OPTIONS", STRICT));
    await("ada", "You are " + ada.id());
    type(chat, "/create Kitchen " + echo.id());
    await("ada", echo.id() + " came in");
    type(chat, "is anybody there?");
    await("ada", echo.id() + ": (in reply) is anybody there?");
    type(chat, "/quit");
    assertEquals(0, chat.waitFor());
    for (String program : List.of("ada", "echo")) {
      assertThat(Files.readString(output(program)), not(containsString("WARNING")));
    }
  }

  @Test
  void jarOfTheClientIsAProgramByItself() throws Exception {
    User ada = Server.blind().register("ada");
    String java = Path.of(System.getProperty("java.home"), "bin/java").toString();
    String programs = jar().resolveSibling("sotto-client.jar").toString();
    ProcessBuilder builder = new ProcessBuilder(chat(ada, java, STRICT, "-jar", programs));
    builder.environment().put("MATRIX_PASSWORD", ada.password());
    Run run = Program.run(builder);
    assertEquals(0, run.status(), run.output());
    assertThat(run.output(), containsString("You are " + ada.id()));
    assertThat(run.output(), not(containsString("WARNING")));
  }

  private List<String> chat(User user, String... program) {
    List<String> command = new ArrayList<>(List.of(program));
    command.addAll(List.of("chat", "--server", Server.blind().url(), "--user", user.localpart()));
    command.addAll(List.of("--store", folder.resolve(user.localpart() + ".db").toString()));
    return command;
  }

  @Test
  void demonstrationShowsThatAllOfItHolds() throws Exception {
    ProcessBuilder builder = new ProcessBuilder(SCRIPT, "demo");
    builder.environment().put("SOTTO_JAVA_OPTIONS", STRICT);
    Run run = Program.run(builder);
    assertEquals(0, run.status(), run.output());
    assertThat(run.output(), containsString("All of it held:"));
    assertThat(run.output(), not(containsString("WARNING")));
  }
}
