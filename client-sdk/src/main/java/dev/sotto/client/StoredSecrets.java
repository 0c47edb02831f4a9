package dev.sotto.client;

import dev.sotto.client.encryption.secrets.KeyDescription;
import dev.sotto.client.encryption.secrets.SecretName;
import dev.sotto.client.encryption.secrets.SecretStorage;
import dev.sotto.client.encryption.secrets.SecretStorageException;
import dev.sotto.client.memory.SecretText;
import dev.sotto.protocol.json.Json;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// The user's secrets in the account's data on the server, encrypted with the recovery key.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#storage
final class StoredSecrets {
  private final AccountData account;
  private final SecureRandom random;

  StoredSecrets(AccountData account, SecureRandom random) {
    this.account = account;
    this.random = random;
  }

  /// The id of the key that they are encrypted with, if there is one.
  Optional<String> keyId() {
    return account.get(SecretStorage.DEFAULT_KEY).flatMap(SecretStorage::defaultKey);
  }

  /// Begins a storage with a key of its own. It is nobody's until it is [#established].
  ///
  /// @param passphrase what else is to open it, besides the recovery key
  SecretStorage begin(Optional<String> passphrase) {
    SecretStorage storage = create(passphrase);
    KeyDescription description = storage.description();
    account.put(KeyDescription.type(description.id()), description.json());
    return storage;
  }

  private SecretStorage create(Optional<String> passphrase) {
    if (passphrase.isEmpty()) {
      return SecretStorage.create(random);
    }
    char[] typed = passphrase.get().toCharArray();
    try {
      return SecretStorage.create(typed, random);
    } finally {
      Arrays.fill(typed, '\0');
    }
  }

  /// A storage is whole, and the usual one from now on.
  void established(SecretStorage storage) {
    account.put(SecretStorage.DEFAULT_KEY, storage.defaultKey());
  }

  /// Takes away what other keys open of a secret that this storage holds.
  void dropOthers(SecretStorage storage, SecretName name) {
    account
        .get(name.value())
        .flatMap(storage::alone)
        .ifPresent(content -> account.put(name.value(), content));
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
        account
            .get(KeyDescription.type(id))
            .orElseThrow(() -> new IllegalStateException("The recovery key is not described."));
    try {
      return SecretStorage.open(KeyDescription.of(id, described), typed, random);
    } catch (SecretStorageException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /// A secret; empty if there is none that this storage's key opens. The caller closes it.
  Optional<SecretText> get(SecretStorage storage, SecretName name) {
    Optional<ObjectNode> content = account.get(name.value());
    try {
      return content.isEmpty()
          ? Optional.empty()
          : Optional.of(storage.decrypt(name, content.get()));
    } catch (SecretStorageException _) {
      return Optional.empty();
    }
  }

  /// Puts a secret into a storage; other keys open what they have opened, until it is said that
  /// they should not ([#dropOthers]).
  void put(SecretStorage storage, SecretName name, SecretText secret) {
    ObjectNode former = account.get(name.value()).orElseGet(Json::object);
    try {
      account.put(name.value(), storage.add(name, secret, former));
    } catch (SecretStorageException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }
}
