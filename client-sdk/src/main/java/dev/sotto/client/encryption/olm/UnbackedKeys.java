package dev.sotto.client.encryption.olm;

import dev.sotto.client.store.Change;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.client.store.Shelf;
import dev.sotto.protocol.id.UserId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The keys that sessions were begun with though no device is known that has them: there may be one
/// that nobody has asked for yet, but whoever writes can make up any number. Of each user the
/// latest are kept. Not for several threads.
final class UnbackedKeys {
  /// More than most people have devices.
  static final int MAX_OF_USER = 50;

  private final CryptoStore store;
  private final OlmSessions sessions;

  UnbackedKeys(CryptoStore store, OlmSessions sessions) {
    this.store = store;
    this.sessions = sessions;
  }

  /// As the store has it: no key's sessions are kept under such a name.
  private static String group(UserId user) {
    return "unbacked " + user;
  }

  /// The changes that keep in mind that a session was begun with this key, and drop the sessions of
  /// those that were heard of before all others.
  ///
  /// @param backed the keys of the user's known devices, which are not counted any more
  List<Change> begun(DeviceKey peer, Set<String> backed) {
    List<Change> changes = new ArrayList<>();
    List<Map.Entry<String, Long>> others = new ArrayList<>();
    long last = 0;
    for (var entry : store.group(Shelf.OLM_SESSIONS, group(peer.user())).entrySet()) {
      long number = Long.parseLong(new String(entry.getValue(), StandardCharsets.US_ASCII));
      last = Math.max(last, number);
      if (backed.contains(entry.getKey())) {
        changes.add(dropping(peer.user(), entry.getKey()));
      } else if (!entry.getKey().equals(peer.key().base64())) {
        others.add(Map.entry(entry.getKey(), number));
      }
    }
    others.sort(Comparator.comparing(Map.Entry::getValue));
    for (var oldest : others.subList(0, Math.max(0, others.size() - MAX_OF_USER + 1))) {
      changes.add(dropping(peer.user(), oldest.getKey()));
      changes.addAll(sessions.drop(DeviceKey.of(peer.user(), oldest.getKey())));
    }
    changes.add(
        new Change.Put(
            Shelf.OLM_SESSIONS,
            group(peer.user()),
            peer.key().base64(),
            Long.toString(last + 1).getBytes(StandardCharsets.US_ASCII)));
    return changes;
  }

  private static Change dropping(UserId user, String key) {
    return new Change.Delete(Shelf.OLM_SESSIONS, group(user), key);
  }
}
