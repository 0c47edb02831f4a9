package dev.sotto.client.encryption.megolm;

import dev.sotto.client.store.Change;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.client.store.Shelf;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Fails from some change on, as a full disk does, or a process that ends; or just once.
final class BreakingStore implements CryptoStore {
  /// What it fails with.
  static final class DiskFullException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private final CryptoStore store;
  private final boolean heals;
  private int left;

  /// @param changes how many it takes
  /// @param heals whether it takes others after one that it did not
  BreakingStore(CryptoStore store, int changes, boolean heals) {
    this.store = store;
    this.heals = heals;
    this.left = changes;
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
    left--;
    if (heals ? left == -1 : left < 0) {
      throw new DiskFullException();
    }
    store.apply(changes);
  }

  boolean broke() {
    return left < 0;
  }

  @Override
  public void close() {}
}
