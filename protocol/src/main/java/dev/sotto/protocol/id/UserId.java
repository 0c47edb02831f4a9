package dev.sotto.protocol.id;

import dev.sotto.protocol.error.MatrixException;
import java.util.regex.Pattern;

/// A user's id, `@localpart:server`. Ids with historical characters are accepted.
///
/// @spec https://spec.matrix.org/v1.19/appendices/#user-identifiers
public record UserId(String value) implements Comparable<UserId> {
  private static final Pattern MODERN = Pattern.compile("[a-z0-9._=/+-]+");

  public UserId {
    Ids.check("user id", '@', value);
    Ids.colon("user id", value);
  }

  /// The id of `localpart` on `server`; refuses what a new account may not be called.
  public static UserId of(String localpart, ServerName server) {
    if (!MODERN.matcher(localpart).matches()) {
      throw MatrixException.invalidParam(
          "A user name may hold only the characters a-z, 0-9 and . _ = - / +");
    }
    return new UserId("@" + localpart + ":" + server.value());
  }

  public String localpart() {
    return value.substring(1, value.indexOf(':'));
  }

  public ServerName server() {
    return new ServerName(value.substring(value.indexOf(':') + 1));
  }

  /// Whether this user belongs to `server`.
  public boolean isOn(ServerName server) {
    int colon = value.indexOf(':') + 1;
    return value.length() - colon == server.value().length() && value.endsWith(server.value());
  }

  @Override
  public int compareTo(UserId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
