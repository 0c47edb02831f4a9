package dev.sotto.client;

import dev.sotto.client.encryption.secrets.KeyDescription;
import dev.sotto.client.encryption.secrets.SecretName;
import dev.sotto.client.encryption.secrets.SecretStorage;
import dev.sotto.client.encryption.secrets.SecretStorageException;
import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.http.Request;
import dev.sotto.client.memory.SecretText;
import dev.sotto.protocol.id.UserId;
import java.security.SecureRandom;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// The user's secrets in the account's data on the server, encrypted with the recovery key.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#storage
final class StoredSecrets {
  private static final String PATH = "/_matrix/client/v3/user/{}/account_data/{}";

  private final Calls calls;
  private final SecureRandom random;
  private final UserId self;

  StoredSecrets(Calls calls, SecureRandom random, UserId self) {
    this.calls = calls;
    this.random = random;
    this.self = self;
  }

  /// The id of the key that they are encrypted with, if there is one.
  Optional<String> keyId() {
    return get(SecretStorage.DEFAULT_KEY).flatMap(SecretStorage::defaultKey);
  }

  /// Begins a storage with a key of its own. It is nobody's until it is [#established].
  SecretStorage begin() {
    SecretStorage storage = SecretStorage.create(random);
    KeyDescription description = storage.description();
    put(KeyDescription.type(description.id()), description.json());
    return storage;
  }

  /// A storage is whole, and the usual one from now on.
  void established(SecretStorage storage) {
    put(SecretStorage.DEFAULT_KEY, storage.defaultKey());
  }

  /// Opens what is there.
  ///
  /// @param typed the recovery key or a passphrase
  /// @throws IllegalArgumentException if that is not the key; the message says so in a sentence
  /// @throws IllegalStateException if nothing was ever set up
  SecretStorage open(String typed) {
    String id =
        keyId().orElseThrow(() -> new IllegalStateException("There is no recovery key yet."));
    ObjectNode described =
        get(KeyDescription.type(id))
            .orElseThrow(() -> new IllegalStateException("The recovery key is not described."));
    try {
      return SecretStorage.open(KeyDescription.of(id, described), typed, random);
    } catch (SecretStorageException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /// A secret; empty if there is none that this storage's key opens. The caller closes it.
  Optional<SecretText> get(SecretStorage storage, SecretName name) {
    Optional<ObjectNode> content = get(name.value());
    try {
      return content.isEmpty()
          ? Optional.empty()
          : Optional.of(storage.decrypt(name, content.get()));
    } catch (SecretStorageException _) {
      return Optional.empty();
    }
  }

  void put(SecretStorage storage, SecretName name, SecretText secret) {
    try {
      put(name.value(), storage.encrypt(name, secret));
    } catch (SecretStorageException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  private Optional<ObjectNode> get(String type) {
    try {
      return Optional.of(calls.send(Request.get(PATH, self.value(), type)));
    } catch (MatrixRequestException e) {
      if ("M_NOT_FOUND".equals(e.errcode())) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private void put(String type, ObjectNode content) {
    calls.send(Request.put(PATH, self.value(), type).json(content).repeatable());
  }
}
