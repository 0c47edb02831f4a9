package dev.sotto.client.encryption.megolm;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.store.Change;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.client.store.Shelf;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Keeps a number for each of some few devices; 0 for all others. A device goes by its user and id,
/// since a key is not only its own: whoever likes can show another's.
final class DeviceMarks {
  private static final int MOST = 20_000;

  private final CryptoStore store;
  private final String group;
  private final Map<String, Long> marks = new HashMap<>();

  DeviceMarks(CryptoStore store, String group) {
    this.store = store;
    this.group = group;
    store
        .group(Shelf.STATE, group)
        .forEach((key, mark) -> marks.put(key, Long.parseLong(new String(mark, US_ASCII))));
  }

  long of(Device device) {
    return marks.getOrDefault(key(device), 0L);
  }

  private static String key(Device device) {
    // No id contains a line break.
    return device.user().value() + "\n" + device.id().value();
  }

  boolean has(Device device) {
    return of(device) != 0;
  }

  void set(Device device, long mark) {
    String key = key(device);
    if (mark == of(device) || (mark != 0 && !marks.containsKey(key) && marks.size() >= MOST)) {
      return;
    }
    if (mark == 0) {
      store.apply(List.of(new Change.Delete(Shelf.STATE, group, key)));
      marks.remove(key);
    } else {
      byte[] value = Long.toString(mark).getBytes(US_ASCII);
      store.apply(List.of(new Change.Put(Shelf.STATE, group, key, value)));
      marks.put(key, mark);
    }
  }
}
