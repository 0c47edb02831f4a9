package dev.sotto.client;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sotto.client.http.HttpSettings;
import dev.sotto.client.http.Request;
import dev.sotto.client.http.Requests;
import dev.sotto.client.http.ServerAddress;
import dev.sotto.protocol.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/// Our own homeserver as it was built, in a process of its own, on an empty folder.
public final class BuiltServer implements AutoCloseable {
  /// Everybody's here.
  public static final String PASSWORD = "correct horse battery";

  private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern ADDRESS = Pattern.compile("address +(http://\\S+)");
  private static final String LAST_WORDS = "Ctrl-C stops the server.";
  private static final long SECONDS = 60;

  /// A device that was logged in.
  public record Login(String user, String device, String token) {}

  private final Process process;
  private final String url;

  private BuiltServer(Process process, String url) {
    this.process = process;
    this.url = url;
  }

  /// Starts one that lets everybody in; its log and data stay in the folder.
  ///
  /// @param policy for encryption: `required` or `optional`
  public static BuiltServer start(Path folder, String policy)
      throws IOException, InterruptedException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "@" + PROJECT.resolve("config/jvm.options"),
            // It does not live long enough for the second compiler to pay.
            "-XX:TieredStopAtLevel=1",
            "-jar",
            jar().toString(),
            "serve",
            "--data",
            folder.resolve("data").toString(),
            "--port",
            "0",
            "--config",
            PROJECT.resolve("config/conformance.yaml").toString());
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("SOTTO_"));
    builder.environment().put("SOTTO_ENCRYPTION_POLICY", policy);
    Process process = builder.redirectError(folder.resolve("log").toFile()).start();
    String greeting = greeting(process);
    Matcher address = ADDRESS.matcher(greeting);
    if (!address.find()) {
      process.destroyForcibly();
      throw new IllegalStateException(
          "The server did not start:\n" + greeting + Files.readString(folder.resolve("log")));
    }
    return new BuiltServer(process, address.group(1));
  }

  private static String greeting(Process process) throws InterruptedException {
    CompletableFuture<String> greeting =
        CompletableFuture.supplyAsync(
            () ->
                process
                    .inputReader()
                    .lines()
                    .takeWhile(line -> !line.contains(LAST_WORDS))
                    .collect(Collectors.joining("\n")));
    try {
      return greeting.get(SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException _) {
      return "";
    }
  }

  /// The server's jar. Where it was not built, because only this module was, its tests are left
  /// out, except on a build machine (`CI`), where they fail.
  public static Path jar() throws IOException {
    Optional<Path> jar = built(PROJECT.resolve("homeserver/target"));
    assertTrue(jar.isPresent() || System.getenv("CI") == null, "The server is not built");
    assumeTrue(
        jar.isPresent(), "SKIPPED: the server is not built: mvn -Dmaven.test.skip=true package");
    return jar.orElseThrow();
  }

  private static Optional<Path> built(Path target) throws IOException {
    if (Files.notExists(target)) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.list(target)) {
      return files
          .filter(file -> file.getFileName().toString().matches("homeserver-[^/]*\\.jar"))
          .findFirst();
    }
  }

  /// Where it is reached.
  public String url() {
    return url;
  }

  /// Registers a user of this name, who has no device yet.
  public void register(String name) {
    register(name, true);
  }

  /// Registers a user of this name, whose first device is logged in.
  public Login registerAndLogIn(String name) {
    return login(register(name, false));
  }

  /// Logs in a further device of a user.
  public Login logIn(String name) {
    ObjectNode body = Json.object().put("type", "m.login.password").put("password", PASSWORD);
    body.putObject("identifier").put("type", "m.id.user").put("user", name);
    return login(post("/_matrix/client/v3/login", body));
  }

  private ObjectNode register(String name, boolean only) {
    ObjectNode body = Json.object().put("username", name).put("password", PASSWORD);
    body.put("inhibit_login", only).putObject("auth").put("type", "m.login.dummy");
    return post("/_matrix/client/v3/register", body);
  }

  private static Login login(ObjectNode answer) {
    return new Login(
        answer.path("user_id").stringValue(),
        answer.path("device_id").stringValue(),
        answer.path("access_token").stringValue());
  }

  private ObjectNode post(String path, ObjectNode body) {
    try (Requests requests =
        Requests.anonymous(ServerAddress.of(url), HttpSettings.usual("test/1"))) {
      return requests.send(Request.post(path).json(body));
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException _) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
