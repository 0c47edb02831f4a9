package dev.sotto.client.e2e;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sotto.protocol.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
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
import tools.jackson.databind.JsonNode;

/// The server as it was built, in a process of its own, with a data folder of its own. Where it was
/// not built its tests are left out, except on a build machine (`CI`), where they fail.
final class BuiltServer implements AutoCloseable {
  /// Everybody's here.
  static final String PASSWORD = "correct horse";

  private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern ADDRESS = Pattern.compile("address +(http://\\S+)");
  private static final String LAST_WORDS = "Ctrl-C stops the server.";
  private static final long START_SECONDS = 60;

  /// A device that was logged in.
  record Login(String user, String device, String token) {}

  private final HttpClient http = HttpClient.newHttpClient();
  private final Process process;
  private final String url;

  private BuiltServer(Process process, String url) {
    this.process = process;
    this.url = url;
  }

  /// Starts one that lets everybody in; its log and data stay in the folder.
  static BuiltServer start(Path folder) throws IOException, InterruptedException {
    Optional<Path> jar = jar();
    assertTrue(jar.isPresent() || System.getenv("CI") == null, "The server is not built");
    assumeTrue(
        jar.isPresent(), "SKIPPED: the server is not built: mvn -Dmaven.test.skip=true package");
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "@" + PROJECT.resolve("config/jvm.options"),
            "-XX:TieredStopAtLevel=1",
            "-jar",
            jar.orElseThrow().toString(),
            "serve",
            "--data",
            folder.resolve("data").toString(),
            "--port",
            "0",
            "--config",
            PROJECT.resolve("config/conformance.yaml").toString());
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("SOTTO_"));
    // It must not be possible to send anything in the clear.
    builder.environment().put("SOTTO_ENCRYPTION_POLICY", "required");
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
      return greeting.get(START_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException _) {
      return "";
    }
  }

  private static Optional<Path> jar() {
    Path target = PROJECT.resolve("homeserver/target");
    if (!Files.isDirectory(target)) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.list(target)) {
      return files
          .filter(file -> file.getFileName().toString().matches("homeserver-[^/]*\\.jar"))
          .findFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String url() {
    return url;
  }

  /// Registers a user of this name, whose first device is logged in.
  Login registerAndLogIn(String name) throws IOException, InterruptedException {
    return login(register(name, false));
  }

  /// Logs in a further device of a user.
  Login logIn(String name) throws IOException, InterruptedException {
    String body =
        """
        {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": "%s"},
         "password": "%s"}
        """
            .formatted(name, PASSWORD);
    return login(post("/_matrix/client/v3/login", body));
  }

  private static Login login(JsonNode answer) {
    return new Login(
        answer.path("user_id").stringValue(),
        answer.path("device_id").stringValue(),
        answer.path("access_token").stringValue());
  }

  /// Registers a user of this name, who has no device yet.
  void register(String name) throws IOException, InterruptedException {
    register(name, true);
  }

  private JsonNode register(String name, boolean only) throws IOException, InterruptedException {
    String body =
        """
        {"username": "%s", "password": "%s", "inhibit_login": %s,
         "auth": {"type": "m.login.dummy"}}
        """
            .formatted(name, PASSWORD, only);
    return post("/_matrix/client/v3/register", body);
  }

  private JsonNode post(String path, String body) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(URI.create(url + path))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IllegalStateException(answer.body());
    }
    return Json.parse(answer.body());
  }

  @Override
  public void close() {
    http.close();
    process.destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
