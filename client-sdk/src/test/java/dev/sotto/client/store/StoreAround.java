package dev.sotto.client.store;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A store that passes on to another what it does not do itself. The other one stays open, for the
/// next process.
public abstract class StoreAround implements CryptoStore {
  private final CryptoStore inner;

  protected StoreAround(CryptoStore inner) {
    this.inner = inner;
  }

  @Override
  public Optional<byte[]> get(Shelf shelf, String group, String name) {
    return inner.get(shelf, group, name);
  }

  @Override
  public Map<String, byte[]> group(Shelf shelf, String group) {
    return inner.group(shelf, group);
  }

  @Override
  public void apply(List<Change> changes) {
    inner.apply(changes);
  }

  @Override
  public void clear() {
    inner.clear();
  }

  @Override
  public void close() {}
}
