package dev.sotto.homeserver.api.client;

import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.ServerName;
import dev.sotto.protocol.id.UserId;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How a client names the user who authenticates.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#identifier-types
record UserIdentifier(String type, @Nullable String user) {
  private static final String USER = "m.id.user";

  /// A user id under which nobody has an account, for names that cannot be anybody's. It goes
  /// through the same checks as others, so that both take as long.
  static final UserId NOBODY = new UserId("@:invalid");

  static UserIdentifier ofUser(String user) {
    return new UserIdentifier(USER, user);
  }

  /// The user of this server who is meant, by user id or its local part, whatever the case; empty
  /// for e-mail addresses and telephone numbers, which no account here has, and for other servers.
  Optional<UserId> userOn(ServerName server) {
    if (!type.equals(USER) || user == null) {
      return Optional.empty();
    }
    String name = user;
    if (name.startsWith("@")) {
      int colon = name.indexOf(':');
      if (colon < 0 || !name.substring(colon + 1).equals(server.value())) {
        return Optional.empty();
      }
      name = name.substring(1, colon);
    }
    try {
      return Optional.of(UserId.of(name.toLowerCase(Locale.ROOT), server));
    } catch (MatrixException e) {
      return Optional.empty();
    }
  }
}
