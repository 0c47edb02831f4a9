package dev.sotto.client.encryption.secrets;

import dev.sotto.client.encryption.secrets.SecretStorageException.Reason;
import dev.sotto.protocol.crypto.UnpaddedBase64;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What the server holds of a key of secret storage: how to tell it, and how it follows from a
/// passphrase where it does.
///
/// @param id what the key is called
/// @param name what people call it
/// @spec https://spec.matrix.org/v1.19/client-server-api/#key-storage
public record KeyDescription(
    String id, Optional<String> name, Optional<Passphrase> passphrase, Optional<Check> check) {
  private static final String TYPE = "m.secret_storage.key.";
  private static final String PBKDF2 = "m.pbkdf2";
  private static final int MAX_TEXT_LENGTH = 1024;

  /// Ten times what clients use; each takes about a microsecond.
  private static final int MAX_ITERATIONS = 5_000_000;

  /// How the key follows from a passphrase.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#deriving-keys-from-passphrases
  public record Passphrase(String salt, int iterations) {}

  /// How the key is told from others: the code over zeros that are encrypted with it.
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  public record Check(byte[] iv, byte[] mac) {}

  /// How a key stands to a description.
  enum Fit {
    FITS,
    WRONG,
    /// The description has nothing to compare it with.
    UNKNOWN
  }

  /// The type of the account data that describes a key.
  ///
  /// @param id what the key is called
  public static String type(String id) {
    return TYPE + id;
  }

  /// What the account data `m.secret_storage.key.{id}` says.
  ///
  /// @throws SecretStorageException MALFORMED, UNSUPPORTED
  public static KeyDescription of(String id, JsonNode content) throws SecretStorageException {
    if (id.isEmpty() || id.length() > MAX_TEXT_LENGTH || !content.isObject()) {
      throw malformed("description");
    }
    if (!SecretCipher.ALGORITHM.equals(text(content, "algorithm").orElse(null))) {
      throw new SecretStorageException(
          Reason.UNSUPPORTED, "The key of secret storage is for an unknown algorithm.");
    }
    Optional<byte[]> iv = bytes(content, "iv", SecretCipher.IV_BYTES);
    Optional<byte[]> mac = bytes(content, "mac", SecretCipher.MAC_BYTES);
    Optional<Check> check =
        iv.isPresent() && mac.isPresent()
            ? Optional.of(new Check(iv.get(), mac.get()))
            : Optional.empty();
    return new KeyDescription(id, text(content, "name"), passphrase(content), check);
  }

  private static Optional<Passphrase> passphrase(JsonNode content) throws SecretStorageException {
    JsonNode passphrase = content.path("passphrase");
    if (passphrase.isMissingNode() || passphrase.isNull()) {
      return Optional.empty();
    }
    if (!PBKDF2.equals(text(passphrase, "algorithm").orElse(null))
        || passphrase.path("bits").asInt(StorageKey.BYTES * Byte.SIZE)
            != StorageKey.BYTES * Byte.SIZE) {
      throw new SecretStorageException(
          Reason.UNSUPPORTED, "The key follows from its passphrase in an unknown way.");
    }
    int iterations = passphrase.path("iterations").intValue(0);
    String salt = text(passphrase, "salt").orElse("");
    if (iterations < 1 || iterations > MAX_ITERATIONS || salt.isEmpty()) {
      throw malformed("passphrase");
    }
    return Optional.of(new Passphrase(salt, iterations));
  }

  private static Optional<String> text(JsonNode object, String name) throws SecretStorageException {
    String text = object.path(name).stringValue(null);
    if (text != null && text.length() > MAX_TEXT_LENGTH) {
      throw malformed(name);
    }
    return Optional.ofNullable(text);
  }

  private static Optional<byte[]> bytes(JsonNode object, String name, int length)
      throws SecretStorageException {
    Optional<String> text = text(object, name);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      byte[] bytes = UnpaddedBase64.decode(text.get());
      if (bytes.length == length) {
        return Optional.of(bytes);
      }
    } catch (MatrixException _) {
      // No base64 is as wrong as a wrong length.
    }
    throw malformed(name);
  }

  private static SecretStorageException malformed(String name) {
    return new SecretStorageException(
        Reason.MALFORMED, "The '" + name + "' of the key of secret storage makes no sense.");
  }

  Fit fit(StorageKey key) {
    if (check.isEmpty()) {
      return Fit.UNKNOWN;
    }
    try (SecretCipher cipher = SecretCipher.of(key, "")) {
      byte[] mac = cipher.check(check.get().iv);
      return MessageDigest.isEqual(mac, check.get().mac) ? Fit.FITS : Fit.WRONG;
    }
  }

  /// The key that follows from a passphrase, right or wrong.
  static StorageKey derive(Passphrase how, char[] passphrase) {
    return StorageKey.derive(passphrase, how.salt.getBytes(StandardCharsets.UTF_8), how.iterations);
  }

  /// The content of the account data.
  public ObjectNode json() {
    ObjectNode json = Json.object().put("algorithm", SecretCipher.ALGORITHM);
    name.ifPresent(text -> json.put("name", text));
    passphrase.ifPresent(
        how ->
            json.putObject("passphrase")
                .put("algorithm", PBKDF2)
                .put("salt", how.salt)
                .put("iterations", how.iterations)
                .put("bits", StorageKey.BYTES * Byte.SIZE));
    check.ifPresent(
        known ->
            json.put("iv", UnpaddedBase64.encode(known.iv))
                .put("mac", UnpaddedBase64.encode(known.mac)));
    return json;
  }
}
