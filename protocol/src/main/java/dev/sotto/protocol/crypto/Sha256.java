package dev.sotto.protocol.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// The hash that Matrix uses wherever it uses one.
public final class Sha256 {
  private Sha256() {}

  /// Begins the hash of what comes in pieces.
  public static MessageDigest begin() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256.", e);
    }
  }

  public static byte[] of(byte[] bytes) {
    return begin().digest(bytes);
  }

  /// The hash of the text in UTF-8.
  public static byte[] of(String text) {
    return of(text.getBytes(UTF_8));
  }
}
