package dev.sotto.client.store;

import dev.sotto.client.error.StoreException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// Seals entries so that a stolen file shows how many there are and how long, and nothing else:
/// values with AES-256-GCM bound to their place, places as MACs of their names.
final class Seal {
  private static final String CIPHER = "AES/GCM/NoPadding";
  private static final String MAC = "HmacSHA256";
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final int PLACE_BYTES = 32;

  private final SecretKey valueKey;
  private final SecretKey nameKey;
  private final SecureRandom random;

  Seal(byte[] root, SecureRandom random) {
    byte[] values = mac(new SecretKeySpec(root, MAC), "values");
    byte[] names = mac(new SecretKeySpec(root, MAC), "names");
    valueKey = new SecretKeySpec(values, "AES");
    nameKey = new SecretKeySpec(names, MAC);
    Arrays.fill(values, (byte) 0);
    Arrays.fill(names, (byte) 0);
    this.random = random;
  }

  /// A name and its value as they were sealed.
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Entry(String name, byte[] value) {}

  /// The start of the keys of all entries of a group.
  byte[] prefix(Shelf shelf, String group) {
    return ByteBuffer.allocate(1 + PLACE_BYTES)
        .put((byte) shelf.code())
        .put(mac(nameKey, group))
        .array();
  }

  /// The key of one entry.
  byte[] place(Shelf shelf, String group, String name) {
    return ByteBuffer.allocate(1 + 2 * PLACE_BYTES)
        .put(prefix(shelf, group))
        .put(mac(nameKey, name))
        .array();
  }

  byte[] seal(byte[] place, String name, byte[] value) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    byte[] plain =
        ByteBuffer.allocate(Integer.BYTES + utf8.length + value.length)
            .putInt(utf8.length)
            .put(utf8)
            .put(value)
            .array();
    try {
      Cipher cipher = cipher(Cipher.ENCRYPT_MODE, nonce, place);
      ByteBuffer sealed = ByteBuffer.allocate(NONCE_BYTES + cipher.getOutputSize(plain.length));
      cipher.doFinal(ByteBuffer.wrap(plain), sealed.put(nonce));
      return sealed.array();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has AES-GCM", e);
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }

  /// @throws StoreException with DAMAGED if it is not what was sealed at this place with this key
  Entry open(byte[] place, byte[] sealed) {
    if (sealed.length < NONCE_BYTES) {
      throw damaged(null);
    }
    try {
      Cipher cipher = cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(sealed, NONCE_BYTES), place);
      byte[] opened = cipher.doFinal(sealed, NONCE_BYTES, sealed.length - NONCE_BYTES);
      ByteBuffer plain = ByteBuffer.wrap(opened);
      byte[] name = new byte[plain.getInt()];
      plain.get(name);
      byte[] value = new byte[plain.remaining()];
      plain.get(value);
      Arrays.fill(opened, (byte) 0);
      return new Entry(new String(name, StandardCharsets.UTF_8), value);
    } catch (AEADBadTagException e) {
      throw damaged(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has AES-GCM", e);
    }
  }

  private Cipher cipher(int mode, byte[] nonce, byte[] place) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(CIPHER);
    cipher.init(mode, valueKey, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(place);
    return cipher;
  }

  private static StoreException damaged(@Nullable Exception cause) {
    return new StoreException(
        StoreException.Reason.DAMAGED, "An entry of the store is not what was written.", cause);
  }

  private static byte[] mac(SecretKey key, String text) {
    try {
      Mac mac = Mac.getInstance(MAC);
      mac.init(key);
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HMAC-SHA-256", e);
    }
  }
}
