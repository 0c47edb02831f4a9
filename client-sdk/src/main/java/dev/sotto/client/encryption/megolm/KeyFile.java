package dev.sotto.client.encryption.megolm;

import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.json.Json;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/// Keys of rooms in a file under a passphrase, as all clients write and read them.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#key-exports
public final class KeyFile {
  private static final String BEGIN = "-----BEGIN MEGOLM SESSION DATA-----";
  private static final String END = "-----END MEGOLM SESSION DATA-----";
  private static final byte VERSION = 1;
  private static final int SALT_BYTES = 16;
  private static final int COUNTER_BYTES = 16;
  private static final int KEY_BYTES = 32;
  private static final int MAC_BYTES = 32;
  private static final int HEAD_BYTES = 1 + SALT_BYTES + COUNTER_BYTES + Integer.BYTES;
  private static final int LINE_LENGTH = 76;

  /// As those who make it hard to guess passphrases advise for PBKDF2 with SHA-512.
  private static final int ROUNDS = 500_000;

  /// Whoever makes a file may not have others calculate for ever.
  private static final int MAX_ROUNDS = 10_000_000;

  private KeyFile() {}

  /// The two keys of a file, wiped when closed.
  private record Keys(byte[] both) implements AutoCloseable {
    static Keys of(char[] passphrase, byte[] salt, int rounds) {
      PBEKeySpec spec = new PBEKeySpec(passphrase, salt, rounds, 2 * KEY_BYTES * Byte.SIZE);
      try {
        return new Keys(
            SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512").generateSecret(spec).getEncoded());
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every Java has PBKDF2", e);
      } finally {
        spec.clearPassword();
      }
    }

    byte[] crypt(byte[] counter, byte[] text) {
      try {
        Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
        // In counter mode both directions are the same.
        cipher.init(
            Cipher.ENCRYPT_MODE,
            new SecretKeySpec(both, 0, KEY_BYTES, "AES"),
            new IvParameterSpec(counter));
        return cipher.doFinal(text);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every Java has AES in counter mode", e);
      }
    }

    byte[] mac(byte[] bytes, int length) {
      try {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(both, KEY_BYTES, KEY_BYTES, "HmacSHA256"));
        mac.update(bytes, 0, length);
        return mac.doFinal();
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every Java has HMAC", e);
      }
    }

    @Override
    public void close() {
      Arrays.fill(both, (byte) 0);
    }

    @Override
    public String toString() {
      return "Keys";
    }
  }

  /// The text of a file with these keys.
  ///
  /// @param passphrase wiped by the caller
  /// @throws IllegalArgumentException if the passphrase is empty
  public static String write(Collection<ExportedKey> keys, char[] passphrase, SecureRandom random) {
    return write(keys, passphrase, random, ROUNDS);
  }

  static String write(
      Collection<ExportedKey> keys, char[] passphrase, SecureRandom random, int rounds) {
    if (passphrase.length == 0) {
      throw new IllegalArgumentException("keys are not to be written without a passphrase");
    }
    byte[] salt = new byte[SALT_BYTES];
    byte[] counter = new byte[COUNTER_BYTES];
    random.nextBytes(salt);
    random.nextBytes(counter);
    // Not all who read it count beyond 64 bits in the same way.
    counter[COUNTER_BYTES / 2] &= 0x7f;
    ArrayNode json = Json.mapper().createArrayNode();
    keys.forEach(key -> json.add(key.exported()));
    byte[] plain = Json.bytes(json);
    try (Keys derived = Keys.of(passphrase, salt, rounds)) {
      byte[] encrypted = derived.crypt(counter, plain);
      ByteBuffer file = ByteBuffer.allocate(HEAD_BYTES + encrypted.length + MAC_BYTES);
      file.put(VERSION).put(salt).put(counter).putInt(rounds).put(encrypted);
      file.put(derived.mac(file.array(), HEAD_BYTES + encrypted.length));
      byte[] lineEnd = "\n".getBytes(StandardCharsets.US_ASCII);
      String base64 = Base64.getMimeEncoder(LINE_LENGTH, lineEnd).encodeToString(file.array());
      return BEGIN + "\n" + base64 + "\n" + END + "\n";
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }

  /// The keys in a file; those that are of no use here are left out.
  ///
  /// @param passphrase wiped by the caller
  /// @throws KeyFileException if the text is no such file, or the passphrase another one
  public static List<ExportedKey> read(String text, char[] passphrase) throws KeyFileException {
    byte[] file = decode(text);
    if (file.length < HEAD_BYTES + MAC_BYTES || file[0] != VERSION) {
      throw new KeyFileException(KeyFileException.Reason.MALFORMED);
    }
    ByteBuffer head = ByteBuffer.wrap(file, 1, HEAD_BYTES - 1);
    byte[] salt = new byte[SALT_BYTES];
    byte[] counter = new byte[COUNTER_BYTES];
    head.get(salt).get(counter);
    int rounds = head.getInt();
    if (rounds < 1 || rounds > MAX_ROUNDS) {
      throw new KeyFileException(KeyFileException.Reason.MALFORMED);
    }
    int end = file.length - MAC_BYTES;
    try (Keys keys = Keys.of(passphrase, salt, rounds)) {
      byte[] mac = Arrays.copyOfRange(file, end, file.length);
      if (!MessageDigest.isEqual(mac, keys.mac(file, end))) {
        throw new KeyFileException(KeyFileException.Reason.WRONG_PASSPHRASE);
      }
      return keys(keys.crypt(counter, Arrays.copyOfRange(file, HEAD_BYTES, end)));
    }
  }

  private static byte[] decode(String text) throws KeyFileException {
    int begin = text.indexOf(BEGIN);
    int end = text.indexOf(END);
    if (begin < 0 || end < begin + BEGIN.length()) {
      throw new KeyFileException(KeyFileException.Reason.MALFORMED);
    }
    String base64 = text.substring(begin + BEGIN.length(), end).replaceAll("\\s", "");
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException _) {
      throw new KeyFileException(KeyFileException.Reason.MALFORMED);
    }
  }

  private static List<ExportedKey> keys(byte[] plain) throws KeyFileException {
    JsonNode json;
    try {
      json = Json.parse(plain);
    } catch (MatrixException _) {
      throw new KeyFileException(KeyFileException.Reason.MALFORMED);
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
    if (!json.isArray()) {
      throw new KeyFileException(KeyFileException.Reason.MALFORMED);
    }
    List<ExportedKey> keys = new ArrayList<>();
    for (JsonNode one : json) {
      Optional<ExportedKey> key = ExportedKey.of(one);
      key.ifPresent(keys::add);
    }
    return keys;
  }
}
