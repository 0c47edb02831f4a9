package dev.sotto.client;

import dev.sotto.client.event.MemberChange;
import dev.sotto.client.event.Membership;
import dev.sotto.client.memory.Recent;
import dev.sotto.client.store.Change;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.client.store.Shelf;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Who is in which room. Rooms that were not asked for in a while are read from the store again.
final class Members {
  private static final int ROOMS_IN_MEMORY = 64;
  private static final int MAX_TEXT = 1024;

  private final CryptoStore store;
  private final Recent<RoomId, Map<UserId, Member>> read = new Recent<>(ROOMS_IN_MEMORY);

  Members(CryptoStore store) {
    this.store = store;
  }

  private static String group(RoomId room) {
    return "members " + room;
  }

  synchronized Optional<Member> find(RoomId room, UserId user) {
    Map<UserId, Member> known = read.get(room);
    return known != null
        ? Optional.ofNullable(known.get(user))
        : store
            .get(Shelf.STATE, group(room), user.value())
            .flatMap(json -> decode(user.value(), json));
  }

  /// All who are known of a room, also those who have left.
  synchronized List<Member> all(RoomId room) {
    return List.copyOf(load(room).values());
  }

  private Map<UserId, Member> load(RoomId room) {
    Map<UserId, Member> known = read.get(room);
    if (known != null) {
      return known;
    }
    Map<UserId, Member> members = new HashMap<>();
    store
        .group(Shelf.STATE, group(room))
        .forEach(
            (name, json) ->
                decode(name, json).ifPresent(member -> members.put(member.user(), member)));
    read.put(room, members);
    return members;
  }

  /// What is to be kept of these members. [#changed] is to be called when it is.
  static List<Change> changes(RoomId room, Collection<Member> members) {
    List<Change> changes = new ArrayList<>();
    for (Member member : members) {
      changes.add(new Change.Put(Shelf.STATE, group(room), member.user().value(), encode(member)));
    }
    return changes;
  }

  /// What forgets all members of a room, after one has left it.
  synchronized List<Change> forgetting(RoomId room) {
    List<Change> changes = new ArrayList<>();
    for (UserId user : load(room).keySet()) {
      changes.add(new Change.Delete(Shelf.STATE, group(room), user.value()));
    }
    return changes;
  }

  /// Something else is kept of a room's members now.
  synchronized void changed(RoomId room, Collection<Member> members) {
    Map<UserId, Member> known = read.get(room);
    if (known != null) {
      members.forEach(member -> known.put(member.user(), member));
    }
  }

  synchronized void forgotten(RoomId room) {
    read.remove(room);
  }

  static Member of(MemberChange change) {
    return new Member(
        change.user(),
        change.membership(),
        change.displayName().map(Members::cut),
        change.avatarUrl().map(Members::cut));
  }

  private static String cut(String text) {
    return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT);
  }

  private static byte[] encode(Member member) {
    ObjectNode json = Json.object().put("membership", member.membership().key());
    member.displayName().ifPresent(name -> json.put("displayname", name));
    member.avatarUrl().ifPresent(url -> json.put("avatar_url", url));
    return Json.bytes(json);
  }

  private static Optional<Member> decode(String name, byte[] kept) {
    ObjectNode json = Json.parseObject(kept);
    try {
      return Optional.of(
          new Member(
              new UserId(name),
              Membership.of(json.path("membership").stringValue("")).orElse(Membership.LEAVE),
              Optional.ofNullable(json.path("displayname").stringValue(null)),
              Optional.ofNullable(json.path("avatar_url").stringValue(null))));
    } catch (MatrixException _) {
      return Optional.empty();
    }
  }
}
