package dev.sotto.client.memory;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A password, a token, or another secret that is text.
public final class SecretText extends Secret {
  private SecretText(byte[] utf8) {
    super(utf8);
  }

  public static SecretText of(String text) {
    return ofUtf8(text.getBytes(StandardCharsets.UTF_8));
  }

  /// Copies the bytes, and wipes those that were given.
  public static SecretText ofUtf8(byte[] utf8) {
    try {
      return new SecretText(utf8);
    } finally {
      Arrays.fill(utf8, (byte) 0);
    }
  }

  /// The secret itself, for where it has to be written out; this copy is not wiped.
  ///
  /// @throws IllegalStateException if it is closed
  public String text() {
    byte[] utf8 = bytes();
    try {
      return new String(utf8, StandardCharsets.UTF_8);
    } finally {
      Arrays.fill(utf8, (byte) 0);
    }
  }
}
