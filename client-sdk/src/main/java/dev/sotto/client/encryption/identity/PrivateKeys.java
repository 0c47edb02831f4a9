package dev.sotto.client.encryption.identity;

import dev.sotto.client.store.Change;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.client.store.Shelf;
import dev.sotto.protocol.crypto.JsonSignatures;
import dev.sotto.protocol.crypto.SigningKey;
import dev.sotto.protocol.id.UserId;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// The private cross-signing keys that are here, by the seeds they are made from. They are in
/// memory only while they sign.
final class PrivateKeys {
  private static final String CURRENT = "cross_signing";
  private static final String MADE = "cross_signing_made";

  private final CryptoStore store;

  PrivateKeys(CryptoStore store) {
    this.store = store;
  }

  /// A new key with its public half for an id; the caller closes it.
  static SigningKey generate(SecureRandom random) {
    try (SigningKey key = SigningKey.generate(random)) {
      return named(key.seed());
    }
  }

  /// The key of a seed with its public half for an id; the caller closes it.
  ///
  /// @param seed wiped
  static SigningKey named(byte[] seed) {
    try (SigningKey key = SigningKey.of("ed25519:any", seed)) {
      return SigningKey.of(CrossSigningKey.keyId(key.verifyKey()), seed);
    } finally {
      Arrays.fill(seed, (byte) 0);
    }
  }

  static Change made(KeyRole role, SigningKey key) {
    return new Change.Put(Shelf.SECRETS, MADE, role.usage(), key.seed());
  }

  static Change put(KeyRole role, SigningKey key) {
    return new Change.Put(Shelf.SECRETS, CURRENT, role.usage(), key.seed());
  }

  static Change delete(KeyRole role) {
    return new Change.Delete(Shelf.SECRETS, CURRENT, role.usage());
  }

  /// Puts those that were made in the place of the current ones.
  List<Change> adopt() {
    List<Change> changes = new ArrayList<>(drop());
    store
        .group(Shelf.SECRETS, MADE)
        .forEach((role, seed) -> changes.add(new Change.Put(Shelf.SECRETS, CURRENT, role, seed)));
    return changes;
  }

  /// Drops those that were made.
  static List<Change> drop() {
    List<Change> changes = new ArrayList<>();
    for (KeyRole role : KeyRole.values()) {
      changes.add(new Change.Delete(Shelf.SECRETS, MADE, role.usage()));
    }
    return changes;
  }

  /// The current private half of `key`, if it is here; the caller closes it.
  Optional<SigningKey> of(CrossSigningKey key) {
    Optional<byte[]> seed = store.get(Shelf.SECRETS, CURRENT, key.role().usage());
    if (seed.isEmpty()) {
      return Optional.empty();
    }
    SigningKey pair = named(seed.get());
    if (pair.verifyKey().equals(key.key())) {
      return Optional.of(pair);
    }
    pair.close();
    return Optional.empty();
  }

  boolean has(CrossSigningKey key) {
    Optional<SigningKey> pair = of(key);
    pair.ifPresent(SigningKey::close);
    return pair.isPresent();
  }

  /// What `object` is signed over, with a signature by `key` alone; empty if its private half is
  /// not here.
  Optional<ObjectNode> sign(ObjectNode object, CrossSigningKey key) {
    return of(key).map(pair -> sign(object, key.user(), pair));
  }

  private static ObjectNode sign(ObjectNode object, UserId user, SigningKey pair) {
    try (pair) {
      return JsonSignatures.sign(CrossSigningKey.signedPart(object), user.value(), pair);
    }
  }
}
