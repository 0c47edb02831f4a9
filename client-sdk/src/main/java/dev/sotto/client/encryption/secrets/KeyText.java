package dev.sotto.client.encryption.secrets;

import dev.sotto.client.encryption.secrets.SecretStorageException.Reason;
import dev.sotto.client.memory.Secret;
import dev.sotto.client.memory.SecretText;
import dev.sotto.protocol.crypto.UnpaddedBase64;
import dev.sotto.protocol.error.MatrixException;
import java.util.Arrays;

/// Keys as they are stored and sent: the base64 of their bytes.
public final class KeyText {
  private KeyText() {}

  /// The text that stands for a key.
  public static SecretText of(Secret key) {
    byte[] bytes = key.bytes();
    try {
      return SecretText.of(UnpaddedBase64.encode(bytes));
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  /// The bytes of the key that a text stands for; the caller wipes them.
  ///
  /// @throws SecretStorageException MALFORMED if it is no base64, or of another length
  public static byte[] bytes(SecretText text, int length) throws SecretStorageException {
    byte[] key;
    try {
      key = UnpaddedBase64.decode(text.text());
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
