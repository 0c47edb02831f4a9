package dev.sotto.client;

import dev.sotto.client.session.SavedSession;
import dev.sotto.client.session.SessionKeeper;
import dev.sotto.client.session.SyncPlace;
import dev.sotto.client.store.Change;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.client.store.Shelf;
import dev.sotto.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Keeps the session, the place in the news and the account's data in the client's store.
final class Kept implements SessionKeeper, SyncPlace {
  private static final String SESSION = "session";
  private static final String SINCE = "since";
  private static final String ACCOUNT = "account";

  private final CryptoStore store;
  private volatile Supplier<List<Change>> together = List::of;
  private @Nullable String since;

  Kept(CryptoStore store) {
    this.store = store;
    this.since =
        store
            .get(Shelf.STATE, SESSION, SINCE)
            .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
            .orElse(null);
  }

  /// What is to be kept with the next place, in the same step.
  void keepTogether(Supplier<List<Change>> changes) {
    together = changes;
  }

  /// The session that was kept, if there is one.
  Optional<SavedSession> session() {
    return store.get(Shelf.STATE, SESSION, SESSION).map(SavedSession::decode);
  }

  @Override
  public void keep(SavedSession session) {
    store.apply(List.of(put(SESSION, session.encode())));
  }

  @Override
  public synchronized void forget() {
    since = null;
    store.apply(
        List.of(
            new Change.Delete(Shelf.STATE, SESSION, SESSION),
            new Change.Delete(Shelf.STATE, SESSION, SINCE)));
  }

  /// Drops all that is kept, unless there is a session: without one it belongs to a device that was
  /// logged out. No other device can take up its keys, or go on where it was.
  synchronized void dropWithoutSession() {
    if (session().isEmpty()) {
      since = null;
      store.clear();
    }
  }

  @Override
  public synchronized @Nullable String since() {
    return since;
  }

  @Override
  public synchronized void keep(String place) {
    List<Change> changes = new ArrayList<>(together.get());
    if (!place.equals(since)) {
      changes.add(put(SINCE, place.getBytes(StandardCharsets.UTF_8)));
    }
    if (!changes.isEmpty()) {
      store.apply(changes);
    }
    since = place;
  }

  private static Change put(String name, byte[] value) {
    return new Change.Put(Shelf.STATE, SESSION, name, value);
  }

  /// The change that keeps a piece of the account's data.
  static Change accountData(String type, ObjectNode content) {
    return new Change.Put(Shelf.STATE, ACCOUNT, type, Json.bytes(content));
  }

  /// A piece of the account's data as last heard of.
  Optional<ObjectNode> accountData(String type) {
    return store.get(Shelf.STATE, ACCOUNT, type).map(Json::parseObject);
  }
}
