package dev.sotto.homeserver.sync;

import dev.sotto.homeserver.accountdata.AccountDataEvent;
import dev.sotto.homeserver.filters.RoomEventFilter;
import dev.sotto.homeserver.filters.RoomFilter;
import dev.sotto.homeserver.receipts.Receipt;
import dev.sotto.homeserver.rooms.Room;
import dev.sotto.homeserver.typing.Typing;
import dev.sotto.protocol.id.UserId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What is told of rooms beside their events: who types, who read how far, and what the user keeps
/// about them; each by the number of the room.
record RoomExtras(
    Map<Long, List<UserId>> typing,
    Map<Long, List<Receipt>> receipts,
    Map<Long, List<AccountDataEvent>> accountData) {

  private static final String TYPING = "m.typing";
  private static final String RECEIPT = "m.receipt";

  /// These, with `more` in place of what they have of the same rooms.
  RoomExtras with(RoomExtras more) {
    return new RoomExtras(
        merged(typing, more.typing),
        merged(receipts, more.receipts),
        merged(accountData, more.accountData));
  }

  private static <T> Map<Long, List<T>> merged(Map<Long, List<T>> one, Map<Long, List<T>> other) {
    Map<Long, List<T>> merged = new HashMap<>(one);
    merged.putAll(other);
    return merged;
  }

  /// Whether there may be something of a room.
  boolean have(long room) {
    return typing.containsKey(room) || receipts.containsKey(room) || accountData.containsKey(room);
  }

  /// Whether the user has read on in a room, by which its counts change.
  boolean haveRead(long room, UserId user) {
    return receipts.getOrDefault(room, List.of()).stream().anyMatch(r -> r.user().equals(user));
  }

  /// The ephemeral events of a room that the client wants.
  List<Fragment> ephemeral(Room room, RoomFilter filter, Set<UserId> ignored) {
    RoomEventFilter wanted = filter.ephemeral();
    if (!wanted.matchesRoom(room.id())) {
      return List.of();
    }
    List<Fragment> events = new ArrayList<>();
    List<UserId> typists = typing.get(room.number());
    if (typists != null && wanted.matches(TYPING)) {
      events.add(
          Fragment.of(
              TYPING,
              Typing.content(typists.stream().filter(user -> !ignored.contains(user)).toList())));
    }
    List<Receipt> read = receipts.get(room.number());
    if (read != null && wanted.matches(RECEIPT)) {
      Receipt.contents(read.stream().filter(r -> !ignored.contains(r.user())).toList())
          .forEach(content -> events.add(Fragment.of(RECEIPT, content)));
    }
    return events;
  }

  /// What the user keeps about a room, as far as the client wants it.
  List<Fragment> accountData(Room room, RoomFilter filter) {
    RoomEventFilter wanted = filter.accountData();
    List<AccountDataEvent> kept = accountData.get(room.number());
    if (kept == null || !wanted.matchesRoom(room.id())) {
      return List.of();
    }
    return kept.stream()
        .filter(event -> wanted.matches(event.type()))
        .map(event -> Fragment.of(event.type(), event.content()))
        .toList();
  }
}
