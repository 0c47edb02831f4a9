package dev.sotto.client.memory;

import java.util.LinkedHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Keeps what was used last in memory, and lets go of the rest. Not for several threads.
public final class Recent<K, V> {
  private static final float LOAD = 0.75f;

  private final LinkedHashMap<K, V> entries = new LinkedHashMap<>(16, LOAD, true);
  private final int most;
  private final Consumer<V> dropped;

  public Recent(int most) {
    this(most, _ -> {});
  }

  /// @param dropped what is done with a value that is let go of or replaced by another
  public Recent(int most, Consumer<V> dropped) {
    this.most = most;
    this.dropped = dropped;
  }

  public @Nullable V get(K key) {
    return entries.get(key);
  }

  public void put(K key, V value) {
    V before = entries.put(key, value);
    if (before != null && !before.equals(value)) {
      dropped.accept(before);
    }
    if (entries.size() > most) {
      dropped.accept(entries.pollFirstEntry().getValue());
    }
  }

  public void remove(K key) {
    V before = entries.remove(key);
    if (before != null) {
      dropped.accept(before);
    }
  }

  public void forEach(Consumer<V> consumer) {
    entries.values().forEach(consumer);
  }

  public void clear() {
    entries.values().forEach(dropped);
    entries.clear();
  }
}
