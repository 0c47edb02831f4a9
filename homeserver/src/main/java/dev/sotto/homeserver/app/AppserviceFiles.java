package dev.sotto.homeserver.app;

import dev.sotto.homeserver.appservices.Appservice;
import dev.sotto.homeserver.appservices.Appservice.Namespace;
import dev.sotto.homeserver.appservices.Appservices;
import dev.sotto.homeserver.tokens.TokenHash;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.ServerName;
import dev.sotto.protocol.id.UserId;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// Reads the registration files of application services.
///
/// @spec https://spec.matrix.org/v1.19/application-service-api/#registration
final class AppserviceFiles {
  /// A file cannot be used; the message says which and why.
  static final class UnusableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnusableException(String message) {
      super(message);
    }
  }

  private AppserviceFiles() {}

  static Appservices read(List<Path> files, ServerName server) {
    List<Appservice> services = new ArrayList<>();
    for (Path file : files) {
      try {
        services.add(parse(Files.readString(file), server));
      } catch (IOException e) {
        throw new UnusableException("The application service file " + file + " cannot be read.");
      } catch (IllegalArgumentException | YamlEngineException | MatrixException e) {
        throw new UnusableException(
            "The application service file " + file + " is wrong: " + e.getMessage());
      }
    }
    try {
      return new Appservices(services);
    } catch (IllegalArgumentException e) {
      throw new UnusableException("Application services collide: " + e.getMessage() + ".");
    }
  }

  private static Appservice parse(String yaml, ServerName server) {
    Object root = new Load(LoadSettings.builder().build()).loadFromString(yaml);
    if (!(root instanceof Map<?, ?> file)) {
      throw new IllegalArgumentException("it holds no keys");
    }
    Object url = file.get("url");
    return new Appservice(
        text(file, "id"),
        url == null ? Optional.empty() : Optional.of(URI.create(url.toString())),
        TokenHash.of(text(file, "as_token")),
        text(file, "hs_token"),
        UserId.of(text(file, "sender_localpart"), server),
        namespaces(file, "users"),
        namespaces(file, "aliases"),
        namespaces(file, "rooms"),
        !Boolean.FALSE.equals(file.get("rate_limited")),
        Boolean.TRUE.equals(file.get("receive_ephemeral")));
  }

  private static String text(Map<?, ?> file, String key) {
    Object value = file.get(key);
    if (value == null || value.toString().isBlank()) {
      throw new IllegalArgumentException("'" + key + "' is missing");
    }
    return value.toString();
  }

  private static List<Namespace> namespaces(Map<?, ?> file, String kind) {
    Object namespaces = file.get("namespaces");
    Object spaces = namespaces instanceof Map<?, ?> map ? map.get(kind) : null;
    return spaces instanceof List<?> list
        ? list.stream().map(AppserviceFiles::namespace).toList()
        : List.of();
  }

  private static Namespace namespace(@Nullable Object value) {
    if (!(value instanceof Map<?, ?> space) || space.get("regex") == null) {
      throw new IllegalArgumentException("a namespace needs a 'regex'");
    }
    return new Namespace(
        Pattern.compile(String.valueOf(space.get("regex"))),
        Boolean.TRUE.equals(space.get("exclusive")));
  }
}
