package dev.sotto.homeserver.journal;

import dev.sotto.protocol.error.MatrixException;

/// A point in the order of everything, as clients hold it: `s<position>`, and from a sync
/// `s<position>_<typing>_<presence>`, with `_<to-device>` behind it while messages to the device
/// wait to be fetched. Whatever takes one of these takes the others.
///
/// @param typing the serial of the newest typing news, which has no position
/// @param presence the serial of the newest presence news, which has no position
/// @param toDevice the position up to which messages to the device were fetched
public record StreamToken(long position, long typing, long presence, long toDevice) {
  private static final int MAX_DIGITS = 18;

  /// A point at which nothing was left behind.
  public StreamToken(long position, long typing, long presence) {
    this(position, typing, presence, position);
  }

  /// A point between two events, for paging.
  public static StreamToken at(long position) {
    return new StreamToken(position, 0, 0);
  }

  /// Reads a token that a client sent as `parameter`.
  ///
  /// @throws MatrixException `M_INVALID_PARAM` if this server never gave such a token
  public static StreamToken parse(String parameter, String token) {
    String[] parts = token.startsWith("s") ? token.substring(1).split("_", -1) : new String[0];
    if (parts.length < 1 || parts.length > 4) {
      throw refuse(parameter);
    }
    long[] numbers = new long[parts.length];
    for (int i = 0; i < parts.length; i++) {
      numbers[i] = number(parameter, parts[i]);
    }
    return new StreamToken(
        numbers[0],
        numbers.length > 1 ? numbers[1] : 0,
        numbers.length > 2 ? numbers[2] : 0,
        numbers.length > 3 ? numbers[3] : numbers[0]);
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
    if (toDevice != position) {
      return "s" + position + "_" + typing + "_" + presence + "_" + toDevice;
    }
    return typing == 0 && presence == 0
        ? "s" + position
        : "s" + position + "_" + typing + "_" + presence;
  }
}
