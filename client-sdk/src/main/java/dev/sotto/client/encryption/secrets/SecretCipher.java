package dev.sotto.client.encryption.secrets;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// `m.secret_storage.v1.aes-hmac-sha2` for one secret: its keys follow from the storage's key and
/// the secret's name.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#msecret_storagev1aes-hmac-sha2-1
final class SecretCipher implements AutoCloseable {
  static final String ALGORITHM = "m.secret_storage.v1.aes-hmac-sha2";
  static final int IV_BYTES = 16;
  static final int MAC_BYTES = 32;

  private static final int KEY_BYTES = 32;
  private static final int SALT_BYTES = 32;
  private static final int SIGN_BYTE = 8;
  private static final String HMAC = "HmacSHA256";

  /// The AES key, then the MAC key.
  private final byte[] keys;

  private SecretCipher(byte[] keys) {
    this.keys = keys;
  }

  /// What stands in account data.
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Encrypted(byte[] iv, byte[] ciphertext, byte[] mac) {}

  /// @param name the secret's, or empty for the check of the key itself
  static SecretCipher of(StorageKey key, String name) {
    byte[] bytes = key.bytes();
    try {
      HKDFParameterSpec spec =
          HKDFParameterSpec.ofExtract()
              .addIKM(bytes)
              .addSalt(new byte[SALT_BYTES])
              .thenExpand(name.getBytes(StandardCharsets.UTF_8), 2 * KEY_BYTES);
      return new SecretCipher(KDF.getInstance("HKDF-SHA256").deriveData(spec));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HKDF", e);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  Encrypted encrypt(byte[] plaintext, SecureRandom random) {
    byte[] iv = new byte[IV_BYTES];
    random.nextBytes(iv);
    // Bit 63: some implementations count with 64 bits, others with 128.
    iv[SIGN_BYTE] &= Byte.MAX_VALUE;
    byte[] ciphertext = crypt(Cipher.ENCRYPT_MODE, iv, plaintext);
    return new Encrypted(iv, ciphertext, mac(ciphertext));
  }

  /// Whether the ciphertext was made with these keys, and nothing of it was altered but, at most,
  /// the IV, which the code does not cover.
  boolean verify(Encrypted encrypted) {
    return MessageDigest.isEqual(mac(encrypted.ciphertext), encrypted.mac);
  }

  /// Only after it was verified.
  byte[] decrypt(Encrypted encrypted) {
    return crypt(Cipher.DECRYPT_MODE, encrypted.iv, encrypted.ciphertext);
  }

  /// The code over so many zeros, encrypted, which shows which key it is.
  byte[] check(byte[] iv) {
    return mac(crypt(Cipher.ENCRYPT_MODE, iv, new byte[KEY_BYTES]));
  }

  private byte[] crypt(int mode, byte[] iv, byte[] text) {
    try {
      Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
      cipher.init(mode, new SecretKeySpec(keys, 0, KEY_BYTES, "AES"), new IvParameterSpec(iv));
      return cipher.doFinal(text);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has AES", e);
    }
  }

  private byte[] mac(byte[] ciphertext) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(keys, KEY_BYTES, KEY_BYTES, HMAC));
      return mac.doFinal(ciphertext);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HMAC-SHA-256", e);
    }
  }

  @Override
  public void close() {
    Arrays.fill(keys, (byte) 0);
  }
}
