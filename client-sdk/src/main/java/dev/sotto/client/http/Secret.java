package dev.sotto.client.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A password or a token: compared in constant time, and printed by nobody.
///
/// It is overwritten by [#close]; what [#reveal] has handed out is not.
public final class Secret implements AutoCloseable {
  private final byte[] utf8;
  private volatile boolean closed;

  private Secret(byte[] utf8) {
    this.utf8 = utf8;
  }

  public static Secret of(String value) {
    return new Secret(value.getBytes(StandardCharsets.UTF_8));
  }

  /// The secret itself, for where it has to be written out.
  ///
  /// @throws IllegalStateException after [#close]
  public String reveal() {
    String value = new String(utf8, StandardCharsets.UTF_8);
    if (closed) {
      throw new IllegalStateException("This secret has been wiped.");
    }
    return value;
  }

  /// Overwrites the secret.
  @Override
  public void close() {
    closed = true;
    Arrays.fill(utf8, (byte) 0);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Secret secret
        && closed == secret.closed
        && MessageDigest.isEqual(utf8, secret.utf8);
  }

  /// The same for all secrets, so that not even a hash of one is seen.
  @Override
  public int hashCode() {
    return Secret.class.getName().hashCode();
  }

  @Override
  public String toString() {
    return "(secret)";
  }
}
