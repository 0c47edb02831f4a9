package dev.sotto.client.encryption.secrets;

import dev.sotto.client.encryption.secrets.SecretStorageException.Reason;
import dev.sotto.client.engine.Secret;
import dev.sotto.protocol.crypto.UnpaddedBase64;
import dev.sotto.protocol.error.MatrixException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A secret as it is stored and sent: text, which for keys is the base64 of their bytes.
public final class SecretText extends Secret {
  private SecretText(byte[] utf8) {
    super(utf8);
  }

  public static SecretText of(String text) {
    return ofUtf8(text.getBytes(StandardCharsets.UTF_8));
  }

  /// Copies the bytes, and wipes those that were given.
  static SecretText ofUtf8(byte[] utf8) {
    try {
      return new SecretText(utf8);
    } finally {
      Arrays.fill(utf8, (byte) 0);
    }
  }

  /// The text that stands for a key.
  public static SecretText ofKey(Secret key) {
    byte[] bytes = key.bytes();
    try {
      return of(UnpaddedBase64.encode(bytes));
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  public String text() {
    byte[] utf8 = bytes();
    try {
      return new String(utf8, StandardCharsets.UTF_8);
    } finally {
      Arrays.fill(utf8, (byte) 0);
    }
  }

  /// The bytes of the key that the text stands for; the caller wipes them.
  ///
  /// @throws SecretStorageException MALFORMED if it is no base64, or of another length
  public byte[] keyBytes(int length) throws SecretStorageException {
    byte[] key;
    try {
      key = UnpaddedBase64.decode(text());
    } catch (MatrixException _) {
      throw noKey();
    }
    if (key.length != length) {
      Arrays.fill(key, (byte) 0);
      throw noKey();
    }
    return key;
  }

  private static SecretStorageException noKey() {
    return new SecretStorageException(Reason.MALFORMED, "The secret is not the key it should be.");
  }
}
