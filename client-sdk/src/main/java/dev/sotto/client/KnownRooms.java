package dev.sotto.client;

import dev.sotto.client.event.Membership;
import dev.sotto.client.store.Change;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.client.store.Shelf;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// What is known of the account's rooms, in memory and in the store.
final class KnownRooms {
  private static final String GROUP = "rooms";

  private final CryptoStore store;
  private final Members members;
  private final Map<RoomId, RoomFacts> facts = new ConcurrentHashMap<>();

  // Whose membership has changed while a room's list of members was being fetched.
  private final Map<RoomId, Set<UserId>> changedMeanwhile = new HashMap<>();

  KnownRooms(CryptoStore store, Members members) {
    this.store = store;
    this.members = members;
    store
        .group(Shelf.STATE, GROUP)
        .forEach(
            (name, json) -> {
              try {
                RoomId room = new RoomId(name);
                facts.put(room, RoomFacts.of(room, json));
              } catch (MatrixException _) {
                // Nothing was ever kept under such a name.
              }
            });
  }

  RoomFacts facts(RoomId room) {
    return facts.getOrDefault(room, RoomFacts.unknown(room));
  }

  List<RoomFacts> all() {
    return List.copyOf(facts.values());
  }

  Members members() {
    return members;
  }

  /// What one answer changes in a room.
  ///
  /// @param forget whether what was known of its members is to be forgotten first
  record Update(
      RoomId room, Consumer<RoomFacts.Next> next, boolean forget, Collection<Member> members) {}

  /// Keeps these updates and further changes together, and then shows them.
  synchronized void apply(List<Update> updates, List<Change> further) {
    List<Change> changes = new ArrayList<>();
    List<RoomFacts> changed = new ArrayList<>();
    for (Update update : updates) {
      RoomFacts.Next next = facts(update.room).next();
      update.next.accept(next);
      if (next.isChanged()) {
        RoomFacts done = next.done();
        changed.add(done);
        changes.add(new Change.Put(Shelf.STATE, GROUP, update.room.value(), done.bytes()));
      }
      if (update.forget) {
        changes.addAll(members.forgetting(update.room));
      }
      changes.addAll(Members.changes(update.room, update.members));
      changedMeanwhile.computeIfPresent(update.room, (_, users) -> with(users, update.members));
    }
    changes.addAll(further);
    if (!changes.isEmpty()) {
      store.apply(changes);
    }
    changed.forEach(done -> facts.put(done.room(), done));
    for (Update update : updates) {
      if (update.forget) {
        members.forgotten(update.room);
      }
      members.changed(update.room, update.members);
    }
  }

  private static Set<UserId> with(Set<UserId> users, Collection<Member> more) {
    more.forEach(member -> users.add(member.user()));
    return users;
  }

  /// Changes what is known of one room.
  void change(RoomId room, Consumer<RoomFacts.Next> next) {
    apply(List.of(new Update(room, next, false, List.of())), List.of());
  }

  /// The lists of members are to be asked for again when they are needed.
  void outdateMembers() {
    List<Update> updates = new ArrayList<>();
    for (RoomFacts known : all()) {
      if (known.areMembersKnown()) {
        updates.add(new Update(known.room(), RoomFacts.Next::membersOutdated, false, List.of()));
      }
    }
    apply(updates, List.of());
  }

  /// From here on it is noted whose membership changes, until [#fetched] or [#notFetched].
  synchronized void fetching(RoomId room) {
    changedMeanwhile.put(room, new HashSet<>());
  }

  /// Takes up a room's whole list of members, but for those of whom something newer was heard.
  synchronized void fetched(RoomId room, Collection<Member> list) {
    Set<UserId> newer = changedMeanwhile.remove(room);
    List<Member> kept =
        list.stream().filter(member -> newer == null || !newer.contains(member.user())).toList();
    RoomFacts known = facts(room);
    boolean isFollowed = known.membership() == Membership.JOIN && known.isStateKnown();
    Consumer<RoomFacts.Next> next =
        facts -> {
          // What is not kept up to date by the news is not complete for long.
          if (isFollowed) {
            facts.membersKnown();
          }
        };
    apply(List.of(new Update(room, next, false, kept)), List.of());
  }

  synchronized void notFetched(RoomId room) {
    changedMeanwhile.remove(room);
  }
}
