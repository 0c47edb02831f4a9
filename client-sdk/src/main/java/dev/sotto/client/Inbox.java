package dev.sotto.client;

import dev.sotto.client.encryption.megolm.SessionName;
import dev.sotto.client.store.Change;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.client.store.Shelf;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.json.Json;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.node.ObjectNode;

/// Events that were not handled yet. They are kept as they were received before the place in the
/// news moves on, so that none is lost when the program ends in between.
///
/// What was handled is dropped from the store a little later, several at a time: after a crash the
/// last few events come once more.
final class Inbox {
  private static final int MOST_WAITING = 200;

  /// What an item is.
  enum Kind {
    EVENT,
    INVITE,
    /// An event that could not be decrypted; it is tried again when keys arrive.
    WAITING
  }

  /// @param json as received
  record Item(long number, RoomId room, Kind kind, ObjectNode json) {
    String name() {
      return "%016x".formatted(number);
    }

    private boolean waitsFor(SessionName session) {
      return SessionName.ofEvent(room, json).equals(Optional.of(session));
    }
  }

  private final CryptoStore store;
  private final AtomicLong last = new AtomicLong();
  private final List<Change> settled = new ArrayList<>();
  private final Map<RoomId, Deque<Item>> waiting = new HashMap<>();

  Inbox(CryptoStore store) {
    this.store = store;
  }

  private static String group(RoomId room) {
    return "inbox " + room;
  }

  Item item(RoomId room, Kind kind, ObjectNode json) {
    return new Item(last.incrementAndGet(), room, kind, json);
  }

  static Change keeping(Item item) {
    ObjectNode json = Json.object().put("kind", item.kind.name());
    json.set("event", item.json);
    return new Change.Put(Shelf.STATE, group(item.room), item.name(), Json.bytes(json));
  }

  private static Change dropping(Item item) {
    return new Change.Delete(Shelf.STATE, group(item.room), item.name());
  }

  /// What an earlier run of the program has left, in its order. What has waited for a key is among
  /// it: the key may have been kept when the program ended.
  synchronized List<Item> load(RoomId room) {
    List<Item> items = new ArrayList<>();
    store
        .group(Shelf.STATE, group(room))
        .forEach((name, json) -> items.add(decode(room, name, Json.parseObject(json))));
    items.sort(Comparator.comparingLong(Item::number));
    items.forEach(item -> last.accumulateAndGet(item.number, Math::max));
    return items;
  }

  private static Item decode(RoomId room, String name, ObjectNode json) {
    return new Item(
        Long.parseUnsignedLong(name, 16),
        room,
        Kind.valueOf(json.path("kind").stringValue("")),
        (ObjectNode) json.path("event"));
  }

  /// An item was handled.
  synchronized void handled(Item item) {
    settled.add(dropping(item));
  }

  /// An item could not be decrypted: the latest ones of each room are kept for when its key comes.
  /// A key that has come before this has awakened nobody, so it is to be tried once more.
  synchronized void postpone(Item item) {
    Item later = new Item(item.number, item.room, Kind.WAITING, item.json);
    if (item.kind != Kind.WAITING) {
      settled.add(keeping(later));
    }
    Deque<Item> items = waiting.computeIfAbsent(item.room, _ -> new ArrayDeque<>());
    items.add(later);
    if (items.size() > MOST_WAITING) {
      settled.add(dropping(items.remove()));
    }
  }

  /// An item waits no longer; false if it did not, because it was awakened.
  synchronized boolean withdraw(Item item) {
    Deque<Item> items = waiting.get(item.room);
    return items != null && items.removeIf(waits -> waits.number == item.number);
  }

  /// The items that wait for the key of this session, and no longer do. Others of its room stay: a
  /// sender could else have all of them tried again and again.
  synchronized List<Item> awakened(SessionName session) {
    Deque<Item> items = waiting.get(session.room());
    if (items == null) {
      return List.of();
    }
    List<Item> awakened = items.stream().filter(item -> item.waitsFor(session)).toList();
    items.removeIf(item -> item.waitsFor(session));
    if (items.isEmpty()) {
      waiting.remove(session.room());
    }
    return awakened;
  }

  /// What is to be kept of what was handled; it is said once.
  synchronized List<Change> settled() {
    List<Change> changes = List.copyOf(settled);
    settled.clear();
    return changes;
  }

  /// Keeps it now.
  void settle() {
    List<Change> changes = settled();
    if (!changes.isEmpty()) {
      store.apply(changes);
    }
  }
}
