package dev.sotto.protocol.id;

import dev.sotto.protocol.error.MatrixException;
import java.util.regex.Pattern;

/// The name of a homeserver: a DNS name, an IPv4 or a bracketed IPv6 address, with an optional
/// port.
///
/// @spec https://spec.matrix.org/v1.19/appendices/#server-name
public record ServerName(String value) implements Comparable<ServerName> {
  private static final int MAX_LENGTH = 230;
  private static final Pattern GRAMMAR =
      Pattern.compile("(?:\\[[0-9A-Fa-f:.]{2,45}]|[0-9A-Za-z.-]{1,255})(?::[0-9]{1,5})?");

  public ServerName {
    check(value);
  }

  static void check(String value) {
    if (value.length() > MAX_LENGTH || !GRAMMAR.matcher(value).matches()) {
      throw MatrixException.invalidParam("This is not a valid server name.");
    }
  }

  @Override
  public int compareTo(ServerName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
