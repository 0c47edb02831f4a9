package dev.sotto.spec.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/// A server as it was built, in a process of its own, with a data folder of its own.
///
/// [#plain] and [#blind] are shared by all tests of a run; a test that needs other settings, or
/// that kills its server, starts one with [#start].
public final class Server implements AutoCloseable {
  /// The project's folder.
  public static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();

  private static final Pattern ADDRESS = Pattern.compile("address +(http://\\S+)");
  private static final Pattern TOKEN = Pattern.compile("registration token +(\\S+)");
  private static final String LAST_WORDS = "Ctrl-C stops the server.";
  private static final Duration START_TIMEOUT = Duration.ofMinutes(1);
  private static final AtomicLong COUNTER = new AtomicLong();
  private static final Map<String, Server> SHARED = new HashMap<>();

  private final List<String> flags;
  private final Map<String, String> environment;
  private final Path folder;
  private @Nullable Process process;
  private String url = "";

  private Server(List<String> flags, Map<String, String> environment) {
    this.flags = flags;
    this.environment = environment;
    this.folder = newFolder();
  }

  /// The shared server with `config/conformance.yaml`: plain Matrix, open to everybody.
  public static Server plain() {
    return shared("plain", Map.of());
  }

  /// The shared server that takes only encrypted messages, and is else as open as the plain one.
  public static Server blind() {
    return shared("blind", Map.of("SOTTO_ENCRYPTION_POLICY", "required"));
  }

  /// A server of one's own with `config/conformance.yaml` and further settings, given as variables
  /// such as `SOTTO_ROOMS_DEFAULT_VERSION`.
  public static Server start(Map<String, String> environment) {
    Server server =
        new Server(
            List.of("--config", PROJECT.resolve("config/conformance.yaml").toString()),
            environment);
    server.startAgain();
    return server;
  }

  /// A server of one's own as it is shipped, with no settings but those of its defaults.
  public static Server asShipped() {
    Server server = new Server(List.of(), Map.of());
    server.startAgain();
    return server;
  }

  private static Server shared(String name, Map<String, String> environment) {
    synchronized (SHARED) {
      return SHARED.computeIfAbsent(
          name,
          _ -> {
            Server server = start(environment);
            Runtime.getRuntime().addShutdownHook(new Thread(server::close));
            return server;
          });
    }
  }

  /// Starts the process, on the data that is there; afterwards [#url] is another one.
  public void startAgain() {
    try {
      Process started = Program.start(folder, flags, environment);
      process = started;
      url = awaitAddress(started);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String awaitAddress(Process started) {
    Awaitility.await()
        .atMost(START_TIMEOUT)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> greeting().contains(LAST_WORDS) || !started.isAlive());
    Matcher address = ADDRESS.matcher(greeting());
    if (!address.find()) {
      throw new IllegalStateException("The server did not start:\n" + greeting() + log());
    }
    return address.group(1);
  }

  /// Ends the process as `kill -9` does.
  public void kill() {
    end(true);
  }

  /// Ends the process as Ctrl-C does.
  public void stop() {
    end(false);
  }

  private void end(boolean forcibly) {
    Process running = process;
    if (running == null) {
      return;
    }
    process = null;
    if (forcibly) {
      running.destroyForcibly();
    } else {
      running.destroy();
    }
    try {
      if (!running.waitFor(30, TimeUnit.SECONDS)) {
        running.destroyForcibly();
        throw new IllegalStateException("The server did not stop within 30 seconds.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// Stops it; its data and log stay in `target/servers` until the next build.
  @Override
  public void close() {
    stop();
  }

  /// Where it is reached, such as `http://127.0.0.1:41234`.
  public String url() {
    return url;
  }

  /// The folder with its database, media and keys.
  public Path data() {
    return folder.resolve("data");
  }

  /// What it has logged.
  public String log() {
    return read("log");
  }

  /// What it has printed for its owner at the last start.
  public String greeting() {
    return read("greeting");
  }

  /// The registration token of the first start's greeting.
  public String registrationToken() {
    Matcher token = TOKEN.matcher(greeting());
    if (!token.find()) {
      throw new IllegalStateException("There is no token in:\n" + greeting());
    }
    return token.group(1);
  }

  /// Requests without an access token.
  public Http anonymously() {
    return new Http(this, null);
  }

  /// Requests with any access token.
  public Http withToken(String token) {
    return new Http(this, token);
  }

  /// Registers a new user; a number is added to the name, so that tests do not meet.
  public User register(String name) {
    String username = name + "-" + COUNTER.incrementAndGet();
    return new User(
        this,
        anonymously()
            .post(
                "/v3/register",
                """
                {"username": "%s", "password": "%s", "auth": {"type": "m.login.dummy"}}
                """
                    .formatted(username, User.PASSWORD))
            .then()
            .statusCode(200)
            .extract()
            .jsonPath());
  }

  /// The first account of a server of one's own whose `registration.mode` is `token`: it becomes
  /// the administrator's.
  public User registerAdministrator() {
    String session =
        anonymously().post("/v3/register", "{}").then().statusCode(401).extract().path("session");
    return new User(
        this,
        anonymously()
            .post(
                "/v3/register",
                """
                {
                  "username": "root",
                  "password": "%s",
                  "auth": {"type": "m.login.registration_token", "token": "%s", "session": "%s"}
                }
                """
                    .formatted(User.PASSWORD, registrationToken(), session))
            .then()
            .statusCode(200)
            .extract()
            .jsonPath());
  }

  /// A new guest.
  public User guest() {
    return new User(
        this,
        anonymously()
            .post("/v3/register?kind=guest", "{}")
            .then()
            .statusCode(200)
            .extract()
            .jsonPath());
  }

  /// Logs in, on a new device, a user whom [#register] has made.
  public User login(String userId) {
    return new User(
        this,
        anonymously()
            .post(
                "/v3/login",
                """
                {
                  "type": "m.login.password",
                  "identifier": {"type": "m.id.user", "user": "%s"},
                  "password": "%s"
                }
                """
                    .formatted(userId, User.PASSWORD))
            .then()
            .statusCode(200)
            .extract()
            .jsonPath());
  }

  /// The shared servers that run, for [FailureWatch].
  static List<Server> running() {
    synchronized (SHARED) {
      return List.copyOf(SHARED.values());
    }
  }

  private String read(String name) {
    try {
      Path file = folder.resolve(name);
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path newFolder() {
    try {
      Path servers = Files.createDirectories(Path.of("target/servers").toAbsolutePath());
      return Files.createTempDirectory(servers, "server-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
