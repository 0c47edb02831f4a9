package dev.sotto.client.encryption.backup;

import dev.sotto.client.store.Change;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.client.store.Shelf;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A store whose process dies when it is to keep something for the n-th time.
final class DyingStore implements CryptoStore {
  /// The process is dead.
  static final class Death extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private final CryptoStore below;
  private int left;

  DyingStore(CryptoStore below, int left) {
    this.below = below;
    this.left = left;
  }

  @Override
  public Optional<byte[]> get(Shelf shelf, String group, String name) {
    return below.get(shelf, group, name);
  }

  @Override
  public Map<String, byte[]> group(Shelf shelf, String group) {
    return below.group(shelf, group);
  }

  @Override
  public void apply(List<Change> changes) {
    if (left == 0) {
      throw new Death();
    }
    left--;
    below.apply(changes);
  }

  @Override
  public void close() {}
}
