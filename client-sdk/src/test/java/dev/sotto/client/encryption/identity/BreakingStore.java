package dev.sotto.client.encryption.identity;

import dev.sotto.client.store.Change;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.client.store.Shelf;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Fails after so many changes, as a full disk does, or a process that ends.
final class BreakingStore implements CryptoStore {
  /// What a store says that fails.
  static final String BROKEN = "the disk is full";

  private final CryptoStore store;
  private int left;

  BreakingStore(CryptoStore store, int left) {
    this.store = store;
    this.left = left;
  }

  @Override
  public Optional<byte[]> get(Shelf shelf, String group, String name) {
    return store.get(shelf, group, name);
  }

  @Override
  public Map<String, byte[]> group(Shelf shelf, String group) {
    return store.group(shelf, group);
  }

  @Override
  public void apply(List<Change> changes) {
    if (left-- <= 0) {
      throw new IllegalStateException(BROKEN);
    }
    store.apply(changes);
  }

  /// The store below stays open for the next process.
  @Override
  public void close() {}
}
