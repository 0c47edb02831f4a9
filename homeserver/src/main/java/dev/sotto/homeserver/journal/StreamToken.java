package dev.sotto.homeserver.journal;

import dev.sotto.protocol.error.MatrixException;

/// A point in the order of everything, as clients hold it: `s<position>`, and from a sync
/// `s<position>_<typing>_<presence>`. Whatever takes one of the two takes the other.
///
/// @param typing the serial of the newest typing news, which has no position
/// @param presence the serial of the newest presence news, which has no position
public record StreamToken(long position, long typing, long presence) {
  private static final int MAX_DIGITS = 18;

  /// A point between two events, for paging.
  public static StreamToken at(long position) {
    return new StreamToken(position, 0, 0);
  }

  /// Reads a token that a client sent as `parameter`.
  ///
  /// @throws MatrixException `M_INVALID_PARAM` if this server never gave such a token
  public static StreamToken parse(String parameter, String token) {
    if (!token.startsWith("s")) {
      throw refuse(parameter);
    }
    String[] parts = token.substring(1).split("_", -1);
    if (parts.length > 3) {
      throw refuse(parameter);
    }
    return new StreamToken(
        number(parameter, parts[0]),
        parts.length > 1 ? number(parameter, parts[1]) : 0,
        parts.length > 2 ? number(parameter, parts[2]) : 0);
  }

  private static long number(String parameter, String digits) {
    if (digits.isEmpty()
        || digits.length() > MAX_DIGITS
        || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw refuse(parameter);
    }
    return Long.parseLong(digits);
  }

  private static MatrixException refuse(String parameter) {
    return MatrixException.invalidParam("'" + parameter + "' is no token of this server.");
  }

  /// The token as clients hold it.
  @Override
  public String toString() {
    return typing == 0 && presence == 0
        ? "s" + position
        : "s" + position + "_" + typing + "_" + presence;
  }
}
