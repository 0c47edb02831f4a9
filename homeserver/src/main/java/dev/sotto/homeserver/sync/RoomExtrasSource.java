package dev.sotto.homeserver.sync;

import dev.sotto.homeserver.accountdata.AccountData;
import dev.sotto.homeserver.accountdata.AccountDataEvent;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.journal.Stream;
import dev.sotto.homeserver.journal.StreamToken;
import dev.sotto.homeserver.journal.Topics;
import dev.sotto.homeserver.names.Users;
import dev.sotto.homeserver.receipts.Receipts;
import dev.sotto.homeserver.typing.Typing;
import dev.sotto.protocol.id.UserId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Finds what is told of rooms beside their events.
record RoomExtrasSource(
    Journal journal, Users users, Typing typing, Receipts receipts, AccountData accountData) {

  /// Everything there is of `rooms`, and what the user keeps about any room.
  RoomExtras all(UserId user, Set<Long> rooms, long to) {
    return new RoomExtras(
        typing(rooms), receipts.rooms(user, rooms, to), accountData.rooms(user, to));
  }

  /// Everything there is of `rooms` alone.
  RoomExtras only(UserId user, Set<Long> rooms, long to) {
    Map<Long, List<AccountDataEvent>> kept = new HashMap<>(accountData.rooms(user, to));
    kept.keySet().retainAll(rooms);
    return new RoomExtras(typing(rooms), receipts.rooms(user, rooms, to), kept);
  }

  /// What came after `since`, of `rooms` and of what the user keeps about any room.
  RoomExtras since(UserId user, Set<Long> rooms, StreamToken since, long to) {
    long from = since.position();
    long topic = Topics.user(users.number(user));
    List<Long> read =
        rooms.stream()
            .filter(room -> journal.latest(Stream.RECEIPTS, Topics.room(room)) > from)
            .toList();
    boolean anyRead = !read.isEmpty() || journal.latest(Stream.RECEIPTS, topic) > from;
    boolean anyKept = journal.latest(Stream.ACCOUNT_DATA, topic) > from;
    return new RoomExtras(
        typing.changedSince(since.typing(), rooms),
        anyRead ? receipts.since(user, read, from, to) : Map.of(),
        anyKept ? accountData.roomsSince(user, from, to) : Map.of());
  }

  private Map<Long, List<UserId>> typing(Set<Long> rooms) {
    Map<Long, List<UserId>> typists = new HashMap<>();
    for (long room : rooms) {
      List<UserId> users = typing.typing(room);
      if (!users.isEmpty()) {
        typists.put(room, users);
      }
    }
    return typists;
  }
}
