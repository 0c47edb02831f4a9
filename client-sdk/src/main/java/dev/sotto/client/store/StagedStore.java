package dev.sotto.client.store;

import dev.sotto.client.error.StoreException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A store with changes on top that are not in it yet: all of them get there together, with
/// [#commit], or none. Reads see them at once. Not for several threads.
public final class StagedStore implements CryptoStore {
  private record Place(Shelf shelf, String group, String name) {}

  private final CryptoStore below;
  private final Map<Place, Change> staged = new LinkedHashMap<>();

  public StagedStore(CryptoStore below) {
    this.below = below;
  }

  @Override
  public Optional<byte[]> get(Shelf shelf, String group, String name) {
    Change change = staged.get(new Place(shelf, group, name));
    return change == null
        ? below.get(shelf, group, name)
        : Optional.ofNullable(value(change)).map(byte[]::clone);
  }

  @Override
  public Map<String, byte[]> group(Shelf shelf, String group) {
    Map<String, byte[]> found = new HashMap<>(below.group(shelf, group));
    staged.forEach(
        (place, change) -> {
          if (place.shelf == shelf && place.group.equals(group)) {
            byte[] value = value(change);
            if (value == null) {
              found.remove(place.name);
            } else {
              found.put(place.name, value.clone());
            }
          }
        });
    return found;
  }

  private static byte @Nullable [] value(Change change) {
    return switch (change) {
      case Change.Put put -> put.value();
      case Change.Delete _ -> null;
    };
  }

  /// Takes the changes up, to be kept with the next [#commit].
  @Override
  public void apply(List<Change> changes) {
    for (Change change : changes) {
      staged.put(new Place(change.shelf(), change.group(), change.name()), change);
    }
  }

  /// Drops everything, below as well, without waiting for a [#commit].
  @Override
  public void clear() {
    below.clear();
    staged.clear();
  }

  /// Whether something was taken up that is not in the store below yet.
  public boolean hasChanges() {
    return !staged.isEmpty();
  }

  /// Puts all that was taken up since the last time into the store below, if there is anything.
  ///
  /// @throws StoreException if it cannot be kept; nothing of it is, then
  public void commit() {
    if (!staged.isEmpty()) {
      below.apply(new ArrayList<>(staged.values()));
      staged.clear();
    }
  }

  /// Closes the store below; what was not committed is lost.
  @Override
  public void close() {
    staged.clear();
    below.close();
  }
}
