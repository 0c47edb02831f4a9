package dev.sotto.client.encryption.identity;

import dev.sotto.client.memory.Recent;
import dev.sotto.client.store.Change;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.client.store.Shelf;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// Keeps what is known of identities, and has those used last at hand.
final class IdentityStore {
  private static final String GROUP = "users";
  private static final int CAPACITY = 10_000;

  private final CryptoStore store;
  private final Recent<UserId, Optional<KnownIdentity>> recent = new Recent<>(CAPACITY);

  IdentityStore(CryptoStore store) {
    this.store = store;
  }

  Optional<KnownIdentity> find(UserId user) {
    Optional<KnownIdentity> found = recent.get(user);
    if (found == null) {
      found =
          store
              .get(Shelf.IDENTITIES, GROUP, user.value())
              .map(json -> KnownIdentity.of(user, Json.parseObject(json)));
      recent.put(user, found);
    }
    return found;
  }

  /// All there are; to be used rarely.
  List<KnownIdentity> all() {
    List<KnownIdentity> all = new ArrayList<>();
    store
        .group(Shelf.IDENTITIES, GROUP)
        .forEach(
            (user, json) -> all.add(KnownIdentity.of(new UserId(user), Json.parseObject(json))));
    return all;
  }

  /// Keeps these, together with other changes.
  void keep(Collection<KnownIdentity> identities, List<Change> others) {
    List<Change> changes = new ArrayList<>(others);
    for (KnownIdentity identity : identities) {
      changes.add(
          new Change.Put(
              Shelf.IDENTITIES, GROUP, identity.user().value(), Json.bytes(identity.json())));
    }
    if (!changes.isEmpty()) {
      store.apply(changes);
      identities.forEach(identity -> recent.put(identity.user(), Optional.of(identity)));
    }
  }
}
