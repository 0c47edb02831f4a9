package dev.sotto.client.encryption.secrets;

import dev.sotto.client.encryption.secrets.KeyDescription.Check;
import dev.sotto.client.encryption.secrets.KeyDescription.Fit;
import dev.sotto.client.encryption.secrets.KeyDescription.Passphrase;
import dev.sotto.client.encryption.secrets.SecretCipher.Encrypted;
import dev.sotto.client.encryption.secrets.SecretStorageException.Reason;
import dev.sotto.client.memory.SecretText;
import dev.sotto.protocol.crypto.UnpaddedBase64;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.json.Json;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A user's secret storage, opened with its key.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#storage
public final class SecretStorage implements AutoCloseable {
  /// The type of the account data that says which key is the usual one.
  public static final String DEFAULT_KEY = "m.secret_storage.default_key";

  private static final String ENCRYPTED = "encrypted";
  private static final String LETTERS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  private static final int ID_LETTERS = 32;
  private static final int ITERATIONS = 500_000;
  private static final int MAX_ENCODED_LENGTH = 1 << 16;

  private final StorageKey key;
  private final KeyDescription description;
  private final SecureRandom random;

  private SecretStorage(StorageKey key, KeyDescription description, SecureRandom random) {
    this.key = key;
    this.description = description;
    this.random = random;
  }

  /// A new storage, whose key nobody knows but who is shown [#recoveryKey()].
  public static SecretStorage create(SecureRandom random) {
    return create(StorageKey.generate(random), Optional.empty(), random);
  }

  /// A new storage, whose key follows from a passphrase.
  ///
  /// @throws IllegalArgumentException if it is empty
  public static SecretStorage create(char[] passphrase, SecureRandom random) {
    return create(passphrase, ITERATIONS, random);
  }

  static SecretStorage create(char[] passphrase, int iterations, SecureRandom random) {
    if (passphrase.length == 0) {
      throw new IllegalArgumentException("an empty passphrase protects nothing");
    }
    Passphrase how = new Passphrase(letters(random), iterations);
    return create(KeyDescription.derive(how, passphrase), Optional.of(how), random);
  }

  private static SecretStorage create(
      StorageKey key, Optional<Passphrase> passphrase, SecureRandom random) {
    try (SecretCipher cipher = SecretCipher.of(key, "")) {
      byte[] iv = cipher.encrypt(new byte[0], random).iv();
      Check check = new Check(iv, cipher.check(iv));
      return new SecretStorage(
          key,
          new KeyDescription(letters(random), Optional.empty(), passphrase, Optional.of(check)),
          random);
    }
  }

  private static String letters(SecureRandom random) {
    StringBuilder letters = new StringBuilder();
    for (int i = 0; i < ID_LETTERS; i++) {
      letters.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return letters.toString();
  }

  /// The storage that the server describes, opened with what the user typed: the recovery key, or
  /// the passphrase where there is one.
  ///
  /// @throws SecretStorageException NO_RECOVERY_KEY if it is neither, but meant to be a recovery
  ///   key as far as one can see; WRONG_KEY
  public static SecretStorage open(KeyDescription description, String typed, SecureRandom random)
      throws SecretStorageException {
    byte[] bytes;
    try {
      bytes = RecoveryKey.read(typed);
    } catch (SecretStorageException noRecoveryKey) {
      return openWithPassphrase(description, typed, random, noRecoveryKey);
    }
    StorageKey key = StorageKey.of(bytes);
    Arrays.fill(bytes, (byte) 0);
    return open(description, key, random);
  }

  private static SecretStorage openWithPassphrase(
      KeyDescription description,
      String typed,
      SecureRandom random,
      SecretStorageException noRecoveryKey)
      throws SecretStorageException {
    if (description.passphrase().isEmpty() || typed.isEmpty()) {
      throw noRecoveryKey;
    }
    char[] passphrase = typed.toCharArray();
    try {
      return open(
          description, KeyDescription.derive(description.passphrase().get(), passphrase), random);
    } catch (SecretStorageException wrongKey) {
      throw RecoveryKey.looksLikeOne(typed) ? noRecoveryKey : wrongKey;
    } finally {
      Arrays.fill(passphrase, ' ');
    }
  }

  /// The storage that the server describes, opened with a key that was kept; it is closed with the
  /// storage, and if it is the wrong one.
  ///
  /// @throws SecretStorageException WRONG_KEY
  public static SecretStorage open(KeyDescription description, StorageKey key, SecureRandom random)
      throws SecretStorageException {
    if (description.fit(key) == Fit.WRONG) {
      key.close();
      throw new SecretStorageException(
          Reason.WRONG_KEY, "This is not the key of the secret storage.");
    }
    return new SecretStorage(key, description, random);
  }

  /// The id of the usual key, from the content of `m.secret_storage.default_key`; empty if there is
  /// none.
  public static Optional<String> defaultKey(JsonNode content) {
    String id = content.path("key").stringValue("");
    return id.isEmpty() ? Optional.empty() : Optional.of(id);
  }

  /// The content of `m.secret_storage.default_key` that makes this key the usual one.
  public ObjectNode defaultKey() {
    return Json.object().put("key", description.id());
  }

  /// What is to be put into the account data [KeyDescription#type] for a new storage.
  public KeyDescription description() {
    return description;
  }

  /// The key as it is shown to its user, once, to be written down.
  public String recoveryKey() {
    return RecoveryKey.write(key);
  }

  /// The content of the account data of a secret's name. It replaces what was there: what other
  /// keys open is the secret that was before.
  ///
  /// @throws SecretStorageException UNPROVEN if the server's description of the key has nothing to
  ///   tell it by: it could have made the user derive a key that is easily guessed
  public ObjectNode encrypt(SecretName name, SecretText secret) throws SecretStorageException {
    if (description.check().isEmpty()) {
      throw new SecretStorageException(
          Reason.UNPROVEN, "Nothing shows that this is the key of the secret storage.");
    }
    byte[] plaintext = secret.bytes();
    try (SecretCipher cipher = SecretCipher.of(key, name.value())) {
      Encrypted encrypted = cipher.encrypt(plaintext, random);
      ObjectNode content = Json.object();
      content
          .putObject(ENCRYPTED)
          .putObject(description.id())
          .put("iv", UnpaddedBase64.encode(encrypted.iv()))
          .put("ciphertext", UnpaddedBase64.encode(encrypted.ciphertext()))
          .put("mac", UnpaddedBase64.encode(encrypted.mac()));
      return content;
    } finally {
      Arrays.fill(plaintext, (byte) 0);
    }
  }

  /// As [#encrypt], but what other keys open stays there: for a storage that is not the usual one
  /// yet.
  ///
  /// @param former the content that is there
  /// @throws SecretStorageException UNPROVEN
  public ObjectNode add(SecretName name, SecretText secret, JsonNode former)
      throws SecretStorageException {
    ObjectNode content = encrypt(name, secret);
    if (former.path(ENCRYPTED) instanceof ObjectNode others) {
      ObjectNode all = others.deepCopy();
      all.setAll((ObjectNode) content.path(ENCRYPTED));
      content.set(ENCRYPTED, all);
    }
    return content;
  }

  /// The content without what other keys open; empty if there is no such part, or nothing else.
  public Optional<ObjectNode> alone(JsonNode content) {
    JsonNode encrypted = content.path(ENCRYPTED);
    JsonNode ours = encrypted.path(description.id());
    if (ours.isMissingNode() || encrypted.size() == 1) {
      return Optional.empty();
    }
    ObjectNode alone = Json.object();
    alone.putObject(ENCRYPTED).set(description.id(), ours);
    return Optional.of(alone);
  }

  /// The secret in the content of the account data of its name.
  ///
  /// @throws SecretStorageException NOT_STORED, TAMPERED, MALFORMED
  public SecretText decrypt(SecretName name, JsonNode content) throws SecretStorageException {
    JsonNode stored = content.path(ENCRYPTED).path(description.id());
    if (stored.isMissingNode()) {
      throw new SecretStorageException(
          Reason.NOT_STORED, "'" + name + "' is not stored with this key.");
    }
    Encrypted encrypted =
        new Encrypted(
            bytes(name, stored, "iv"),
            bytes(name, stored, "ciphertext"),
            bytes(name, stored, "mac"));
    if (encrypted.iv().length != SecretCipher.IV_BYTES) {
      throw malformed(name);
    }
    try (SecretCipher cipher = SecretCipher.of(key, name.value())) {
      if (!cipher.verify(encrypted)) {
        throw new SecretStorageException(
            Reason.TAMPERED, "'" + name + "' was altered, or stored with another key.");
      }
      return SecretText.ofUtf8(cipher.decrypt(encrypted));
    }
  }

  private static byte[] bytes(SecretName name, JsonNode stored, String part)
      throws SecretStorageException {
    String text = stored.path(part).stringValue(null);
    if (text == null || text.length() > MAX_ENCODED_LENGTH) {
      throw malformed(name);
    }
    try {
      return UnpaddedBase64.decode(text);
    } catch (MatrixException _) {
      throw malformed(name);
    }
  }

  private static SecretStorageException malformed(SecretName name) {
    return new SecretStorageException(
        Reason.MALFORMED, "What is stored of '" + name + "' makes no sense.");
  }

  @Override
  public void close() {
    key.close();
  }
}
