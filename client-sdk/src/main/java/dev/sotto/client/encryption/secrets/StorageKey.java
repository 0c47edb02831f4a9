package dev.sotto.client.encryption.secrets;

import dev.sotto.client.memory.Secret;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/// The key of a user's secret storage.
public final class StorageKey extends Secret {
  /// Its length in bytes.
  public static final int BYTES = 32;

  private StorageKey(byte[] bytes) {
    super(bytes);
  }

  /// The key of these 32 bytes.
  ///
  /// @throws IllegalArgumentException if they are not 32
  public static StorageKey of(byte[] bytes) {
    return new StorageKey(requireLength(bytes, BYTES));
  }

  static StorageKey generate(SecureRandom random) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return wiping(bytes);
  }

  /// @spec https://spec.matrix.org/v1.19/client-server-api/#deriving-keys-from-passphrases
  static StorageKey derive(char[] passphrase, byte[] salt, int iterations) {
    PBEKeySpec spec = new PBEKeySpec(passphrase, salt, iterations, BYTES * Byte.SIZE);
    try {
      return wiping(
          SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512").generateSecret(spec).getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has PBKDF2", e);
    } finally {
      spec.clearPassword();
    }
  }

  private static StorageKey wiping(byte[] bytes) {
    try {
      return new StorageKey(bytes);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }
}
