package dev.sotto.client.memory;

import java.security.MessageDigest;
import java.util.Arrays;

/// Bytes that only their owner may know: wiped by `close()`, compared in constant time, never
/// printed.
public abstract class Secret implements AutoCloseable {
  private final byte[] bytes;
  private boolean closed;

  /// Copies the bytes.
  protected Secret(byte[] bytes) {
    this.bytes = bytes.clone();
  }

  /// A copy; the caller wipes it.
  ///
  /// @throws IllegalStateException if it is closed
  public final synchronized byte[] bytes() {
    if (closed) {
      throw new IllegalStateException("this secret is closed");
    }
    return bytes.clone();
  }

  @Override
  public final synchronized void close() {
    closed = true;
    Arrays.fill(bytes, (byte) 0);
  }

  @Override
  public final boolean equals(Object other) {
    if (!(other instanceof Secret secret) || secret.getClass() != getClass()) {
      return false;
    }
    byte[] ours = bytes();
    byte[] theirs = secret.bytes();
    try {
      return MessageDigest.isEqual(ours, theirs);
    } finally {
      Arrays.fill(ours, (byte) 0);
      Arrays.fill(theirs, (byte) 0);
    }
  }

  /// The same for all of a class: anything else would tell of the secret.
  @Override
  public final int hashCode() {
    return getClass().hashCode();
  }

  @Override
  public final String toString() {
    return getClass().getSimpleName();
  }

  /// @throws IllegalArgumentException if there are more or fewer
  protected static byte[] requireLength(byte[] bytes, int length) {
    if (bytes.length != length) {
      throw new IllegalArgumentException("this key is " + length + " bytes long");
    }
    return bytes;
  }
}
