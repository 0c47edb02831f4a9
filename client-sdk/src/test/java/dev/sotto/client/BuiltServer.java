package dev.sotto.client;

import dev.sotto.client.http.HttpSettings;
import dev.sotto.client.http.Request;
import dev.sotto.client.http.Requests;
import dev.sotto.client.http.ServerAddress;
import dev.sotto.protocol.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/// Our own homeserver as it was built, in a process of its own, on an empty folder.
public final class BuiltServer implements AutoCloseable {
  public static final String PASSWORD = "correct horse battery";
  private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern ADDRESS = Pattern.compile("address +(http://\\S+)");

  private final Process process;
  private final String url;

  private BuiltServer(Process process, String url) {
    this.process = process;
    this.url = url;
  }

  /// Starts it.
  ///
  /// @param policy `required` or `optional`
  public static BuiltServer start(Path folder, String policy) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar"));
    command.add(jar().orElseThrow().toString());
    command.addAll(List.of("serve", "--data", folder.resolve("data").toString(), "--port", "0"));
    command.addAll(List.of("--config", PROJECT.resolve("config/conformance.yaml").toString()));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("SOTTO_"));
    builder.environment().putAll(Map.of("SOTTO_ENCRYPTION_POLICY", policy));
    builder.redirectError(folder.resolve("log").toFile());
    Process process = builder.start();
    StringBuilder said = new StringBuilder();
    // Not closed: the server goes on writing.
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      said.append(line).append('\n');
      Matcher address = ADDRESS.matcher(line);
      if (address.find()) {
        return new BuiltServer(process, address.group(1));
      }
    }
    throw new IllegalStateException(
        "The server did not start:\n" + said + Files.readString(folder.resolve("log")));
  }

  /// The server's jar; empty where only this module was built.
  public static Optional<Path> jar() throws IOException {
    Path target = PROJECT.resolve("homeserver/target");
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

  /// Makes an account with the one password.
  public void register(String user) {
    ObjectNode body = Json.object().put("username", user).put("password", PASSWORD);
    body.put("inhibit_login", true).putObject("auth").put("type", "m.login.dummy");
    try (Requests requests =
        Requests.anonymous(ServerAddress.of(url), HttpSettings.usual("test/1"))) {
      requests.send(Request.post("/_matrix/client/v3/register").json(body));
    }
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
