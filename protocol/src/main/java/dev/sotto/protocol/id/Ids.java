package dev.sotto.protocol.id;

import dev.sotto.protocol.error.MatrixException;
import java.nio.charset.StandardCharsets;

/// What the identifier records check alike.
final class Ids {
  static final int MAX_BYTES = 255;

  private Ids() {}

  /// Refuses `value` unless it starts with `sigil`, is within 255 bytes and holds no control
  /// character and no lone surrogate.
  static void check(String kind, char sigil, String value) {
    if (value.isEmpty() || value.charAt(0) != sigil) {
      throw MatrixException.invalidParam("A " + kind + " must start with '" + sigil + "'.");
    }
    checkText(kind, value);
  }

  static void checkText(String kind, String value) {
    if (value.length() > MAX_BYTES || value.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
      throw MatrixException.invalidParam("A " + kind + " must not be longer than 255 bytes.");
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (Character.isISOControl(c)) {
        throw MatrixException.invalidParam("A " + kind + " must not hold control characters.");
      }
      if (Character.isSurrogate(c)) {
        boolean paired =
            Character.isHighSurrogate(c)
                && i + 1 < value.length()
                && Character.isLowSurrogate(value.charAt(i + 1));
        if (!paired) {
          throw MatrixException.invalidParam("A " + kind + " must be valid Unicode.");
        }
        i++;
      }
    }
  }

  /// The index of the colon between the local part and the server name; refuses a value without.
  static int colon(String kind, String value) {
    int colon = value.indexOf(':');
    if (colon < 0) {
      throw MatrixException.invalidParam("A " + kind + " must name a server after a ':'.");
    }
    ServerName.check(value.substring(colon + 1));
    return colon;
  }
}
