package dev.sotto.homeserver.app;

import dev.sotto.homeserver.app.settings.Settings;
import dev.sotto.homeserver.tokens.Token;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What the server's owner reads when it has started.
record Greeting(Settings settings, @Nullable Path config, int port, Optional<Token> firstToken) {
  private static final String RULE = "!".repeat(78);

  String text() {
    StringBuilder text = new StringBuilder();
    text.append("Sotto ").append(Main.Version.number()).append(" is up.\n\n");
    line(text, "server name", settings.server().name().value());
    line(text, "address", address());
    line(text, "data", settings.server().data().toAbsolutePath().normalize().toString());
    line(text, "settings", config == null ? "defaults" : config.toString());
    line(text, "encryption", encryption());
    line(text, "registration", registration());
    warn(text, settings.warnings());
    firstToken.ifPresent(
        token ->
            text.append(
                """

                Nobody has an account yet. The first is made with this token, which is good for
                one account, makes it this server's administrator, and is shown only now:

                  registration token  %s
                """
                    .formatted(token.reveal())));
    text.append(
        """

        To connect: open a Matrix app such as Element, choose another homeserver ("Edit"), and
        enter %s. Ctrl-C stops the server.
        """
            .formatted(clientAddress()));
    return text.toString();
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append("  %-14s%s%n".formatted(name, value));
  }

  private String address() {
    String host = settings.server().listen();
    return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  private String clientAddress() {
    return settings.server().publicUrl().map(Object::toString).orElseGet(this::address);
  }

  private String encryption() {
    return switch (settings.encryption().policy()) {
      case REQUIRED -> "required: only end-to-end encrypted messages are accepted";
      case OPTIONAL -> "OPTIONAL: unencrypted messages are accepted";
    };
  }

  private String registration() {
    return switch (settings.registration().mode()) {
      case TOKEN -> "by registration token";
      case OPEN -> "OPEN to everybody";
      case CLOSED -> "closed";
    };
  }

  private static void warn(StringBuilder text, List<String> warnings) {
    if (warnings.isEmpty()) {
      return;
    }
    text.append('\n').append(RULE).append("\nNOT FIT FOR PEOPLE with these settings:\n");
    warnings.forEach(warning -> text.append("  ").append(warning).append('\n'));
    text.append(RULE).append('\n');
  }
}
