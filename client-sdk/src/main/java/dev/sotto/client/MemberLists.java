package dev.sotto.client;

import dev.sotto.client.event.MemberChange;
import dev.sotto.client.event.Membership;
import dev.sotto.client.http.Request;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.databind.node.ObjectNode;

/// The whole lists of members: syncs bring only those who have spoken, and what changes, so that a
/// list is fetched once, when it is needed.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#lazy-loading-room-members
final class MemberLists {
  private static final long LIMIT_BYTES = 128L << 20;

  private final Calls calls;
  private final KnownRooms rooms;
  private final Map<RoomId, ReentrantLock> fetching = new ConcurrentHashMap<>();

  MemberLists(Calls calls, KnownRooms rooms) {
    this.calls = calls;
    this.rooms = rooms;
  }

  /// All members of a room, also the former ones that were heard of.
  List<Member> all(RoomId room) {
    if (!rooms.facts(room).areMembersKnown()) {
      ReentrantLock lock = fetching.computeIfAbsent(room, _ -> new ReentrantLock());
      lock.lock();
      try {
        if (!rooms.facts(room).areMembersKnown()) {
          fetch(room);
        }
      } finally {
        lock.unlock();
      }
    }
    return rooms.members().all(room);
  }

  private void fetch(RoomId room) {
    rooms.fetching(room);
    try {
      Request request =
          Request.get("/_matrix/client/v3/rooms/{}/members", room.value())
              .query("not_membership", "leave")
              .limit(LIMIT_BYTES);
      rooms.fetched(room, read(room, calls.send(request)));
    } finally {
      rooms.notFetched(room);
    }
  }

  private static List<Member> read(RoomId room, ObjectNode answer) {
    List<Member> members = new ArrayList<>();
    answer
        .path("chunk")
        .forEach(
            json ->
                Envelopes.of(room, json)
                    .map(EventReader::read)
                    .filter(MemberChange.class::isInstance)
                    .ifPresent(event -> members.add(Members.of((MemberChange) event))));
    return members;
  }

  /// For whom a message in this room is to be encrypted: those who are in it, and those who will
  /// see it once they accept their invitation.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#room-history-visibility
  Set<UserId> readers(RoomId room) {
    boolean forInvited = !rooms.facts(room).historyVisibility().equals("joined");
    Set<UserId> readers = new HashSet<>();
    for (Member member : all(room)) {
      if (member.membership() == Membership.JOIN
          || (forInvited && member.membership() == Membership.INVITE)) {
        readers.add(member.user());
      }
    }
    return readers;
  }
}
