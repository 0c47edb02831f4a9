package dev.sotto.client.encryption.megolm;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sotto.client.store.Change;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.client.store.Shelf;
import dev.sotto.protocol.id.RoomId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Which sessions are not in the backup yet: those that are marked one by one, and all of the rooms
/// that are marked as a whole since a new backup was begun.
final class UnsavedKeys {
  private static final String ROOMS = "megolm.key_rooms";
  private static final String UNSAVED = "megolm.unsaved";
  private static final String UNSAVED_ROOMS = "megolm.unsaved_rooms";
  private static final String BACKUP = "megolm.backup";
  private static final byte[] MARK = {};

  private final CryptoStore store;

  UnsavedKeys(CryptoStore store) {
    this.store = store;
  }

  /// What is kept with a session that is new, or begins earlier than before.
  List<Change> marking(SessionName session, long firstIndex) {
    List<Change> changes = new ArrayList<>(listing(session.room()));
    byte[] index = Long.toString(firstIndex).getBytes(US_ASCII);
    changes.add(new Change.Put(Shelf.STATE, UNSAVED, session.toString(), index));
    return changes;
  }

  /// What is kept with a session that is in the backup already.
  List<Change> listing(RoomId room) {
    return store.get(Shelf.STATE, ROOMS, room.value()).isPresent()
        ? List.of()
        : List.of(new Change.Put(Shelf.STATE, ROOMS, room.value(), MARK));
  }

  /// The rooms that there are sessions of.
  List<RoomId> rooms() {
    return store.group(Shelf.STATE, ROOMS).keySet().stream().map(RoomId::new).sorted().toList();
  }

  /// From here on all of it belongs into this backup, of which nothing is known to be in it; unless
  /// it is the one of before.
  void begin(String version) {
    byte[] said = version.getBytes(UTF_8);
    Optional<byte[]> before = store.get(Shelf.STATE, BACKUP, "version");
    if (before.isPresent() && new String(before.get(), UTF_8).equals(version)) {
      return;
    }
    List<Change> changes = new ArrayList<>();
    for (String name : store.group(Shelf.STATE, UNSAVED).keySet()) {
      changes.add(new Change.Delete(Shelf.STATE, UNSAVED, name));
    }
    for (RoomId room : rooms()) {
      changes.add(new Change.Put(Shelf.STATE, UNSAVED_ROOMS, room.value(), MARK));
    }
    changes.add(new Change.Put(Shelf.STATE, BACKUP, "version", said));
    store.apply(changes);
  }

  /// Up to `most` of the sessions that are not in the backup.
  List<SessionName> next(int most) {
    List<SessionName> names = marked(most);
    while (names.isEmpty() && spreadRoom()) {
      names = marked(most);
    }
    return names;
  }

  private List<SessionName> marked(int most) {
    return store.group(Shelf.STATE, UNSAVED).keySet().stream()
        .sorted()
        .limit(most)
        .map(SessionName::of)
        .toList();
  }

  /// Marks the sessions of one of the marked rooms, in place of the room.
  private boolean spreadRoom() {
    Optional<String> room = store.group(Shelf.STATE, UNSAVED_ROOMS).keySet().stream().findFirst();
    if (room.isEmpty()) {
      return false;
    }
    List<Change> changes = new ArrayList<>();
    RoomId id = new RoomId(room.get());
    for (String session : store.group(Shelf.INBOUND_MEGOLM, room.get()).keySet()) {
      changes.add(
          new Change.Put(Shelf.STATE, UNSAVED, new SessionName(id, session).toString(), MARK));
    }
    changes.add(new Change.Delete(Shelf.STATE, UNSAVED_ROOMS, room.get()));
    store.apply(changes);
    return true;
  }

  /// What is dropped when this session is in the backup from `firstIndex` on; nothing if it begins
  /// earlier here by now.
  List<Change> saved(SessionName name, long firstIndex) {
    Optional<byte[]> mark = store.get(Shelf.STATE, UNSAVED, name.toString());
    if (mark.isEmpty()) {
      return List.of();
    }
    String marked = new String(mark.get(), US_ASCII);
    if (!marked.isEmpty() && Long.parseLong(marked) < firstIndex) {
      return List.of();
    }
    return List.of(new Change.Delete(Shelf.STATE, UNSAVED, name.toString()));
  }
}
