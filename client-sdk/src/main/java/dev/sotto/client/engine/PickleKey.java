package dev.sotto.client.engine;

import dev.sotto.client.memory.Secret;
import java.security.SecureRandom;
import java.util.Arrays;

/// The key that pickles (accounts and sessions at rest) and dehydrated devices are encrypted with.
public final class PickleKey extends Secret {
  /// Its length in bytes.
  public static final int BYTES = 32;

  private PickleKey(byte[] bytes) {
    super(bytes);
  }

  /// The key of these 32 bytes.
  ///
  /// @throws IllegalArgumentException if they are not 32
  public static PickleKey of(byte[] bytes) {
    return new PickleKey(requireLength(bytes, BYTES));
  }

  public static PickleKey generate(SecureRandom random) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    try {
      return new PickleKey(bytes);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }
}
