package dev.sotto.client.encryption.megolm;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Keeps what was used last in memory, and lets go of the rest.
final class Recent<K, V> {
  private final Map<K, V> entries = new LinkedHashMap<>(16, 0.75f, true);
  private final int most;
  private final Consumer<V> dropped;

  /// @param dropped what is done with a value that is let go of or replaced by another
  Recent(int most, Consumer<V> dropped) {
    this.most = most;
    this.dropped = dropped;
  }

  @Nullable V get(K key) {
    return entries.get(key);
  }

  void put(K key, V value) {
    V before = entries.put(key, value);
    if (before != null && !before.equals(value)) {
      dropped.accept(before);
    }
    if (entries.size() > most) {
      var eldest = entries.entrySet().iterator();
      V last = eldest.next().getValue();
      eldest.remove();
      dropped.accept(last);
    }
  }

  void remove(K key) {
    V before = entries.remove(key);
    if (before != null) {
      dropped.accept(before);
    }
  }

  void forEach(Consumer<V> consumer) {
    entries.values().forEach(consumer);
  }

  void clear() {
    entries.values().forEach(dropped);
    entries.clear();
  }
}
