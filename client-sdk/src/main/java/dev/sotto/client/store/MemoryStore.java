package dev.sotto.client.store;

import dev.sotto.client.error.StoreException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Keeps everything in memory: for tests, and for devices that live as long as their process.
public final class MemoryStore implements CryptoStore {
  private record Group(Shelf shelf, String name) {}

  private final Map<Group, Map<String, byte[]>> groups = new HashMap<>();
  private boolean closed;

  /// An empty one.
  public MemoryStore() {}

  @Override
  public synchronized Optional<byte[]> get(Shelf shelf, String group, String name) {
    requireOpen();
    return Optional.ofNullable(groups.getOrDefault(new Group(shelf, group), Map.of()).get(name))
        .map(byte[]::clone);
  }

  @Override
  public synchronized Map<String, byte[]> group(Shelf shelf, String group) {
    requireOpen();
    Map<String, byte[]> found = new HashMap<>();
    groups
        .getOrDefault(new Group(shelf, group), Map.of())
        .forEach((name, value) -> found.put(name, value.clone()));
    return found;
  }

  @Override
  public synchronized void apply(List<Change> changes) {
    requireOpen();
    for (Change change : List.copyOf(changes)) {
      Group group = new Group(change.shelf(), change.group());
      switch (change) {
        case Change.Put put ->
            groups
                .computeIfAbsent(group, _ -> new HashMap<>())
                .put(put.name(), put.value().clone());
        case Change.Delete delete ->
            groups.computeIfPresent(
                group,
                (_, entries) -> {
                  entries.remove(delete.name());
                  return entries.isEmpty() ? null : entries;
                });
      }
    }
  }

  @Override
  public synchronized void clear() {
    requireOpen();
    groups.clear();
  }

  private void requireOpen() {
    if (closed) {
      throw new StoreException(StoreException.Reason.CLOSED, "The store is closed.");
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    groups.clear();
  }
}
