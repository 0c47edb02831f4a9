package dev.sotto.client.encryption.identity;

import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/// Remembers what was used last, so many and no more.
final class Recent<K, V> {
  private static final float LOAD = 0.75f;

  private final int capacity;
  private final LinkedHashMap<K, V> entries = new LinkedHashMap<>(16, LOAD, true);

  Recent(int capacity) {
    this.capacity = capacity;
  }

  @Nullable V get(K key) {
    return entries.get(key);
  }

  void put(K key, V value) {
    entries.put(key, value);
    if (entries.size() > capacity) {
      entries.pollFirstEntry();
    }
  }
}
