package dev.sotto.homeserver.sync;

import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.journal.Stream;
import dev.sotto.homeserver.journal.Topics;
import dev.sotto.homeserver.keys.SharingChanges;
import dev.sotto.homeserver.rooms.Membership;
import dev.sotto.homeserver.rooms.Memberships;
import dev.sotto.homeserver.rooms.Room;
import dev.sotto.homeserver.rooms.RoomServices;
import dev.sotto.homeserver.rooms.Rooms;
import dev.sotto.homeserver.rooms.StoredEvent;
import dev.sotto.homeserver.rooms.Timeline;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.UserId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Finds with whom a user began and ceased to share rooms, since their devices are then to be
/// looked at, or no longer.
final class SharingNews implements SharingChanges {
  private static final Moved NOTHING = new Moved(Set.of(), Set.of());

  private final Journal journal;
  private final Rooms rooms;
  private final Memberships memberships;
  private final Timeline timeline;
  private final RoomParts parts;
  private final OwnMemberships members;

  SharingNews(Journal journal, RoomServices rooms, OwnMemberships members) {
    this.journal = journal;
    this.rooms = rooms.rooms();
    this.memberships = rooms.memberships();
    this.timeline = rooms.timeline();
    this.parts = new RoomParts(rooms.timeline());
    this.members = members;
  }

  @Override
  public Moved between(UserId user, long from, long to) {
    Places now = Places.now(journal, memberships, user);
    return between(user, from, new Places(Math.min(to, now.to()), now.entries()));
  }

  /// The rooms that a user is joined to, told by whether that was so before.
  private record Joined(List<Room> before, List<Room> all) {
    boolean isShared(UserId other) {
      return all.stream().anyMatch(room -> room.state().isJoined(other));
    }

    /// Whether one room was shared all the time.
    boolean wasShared(UserId other, long since) {
      return before.stream()
          .map(room -> room.state().stored(StateKey.member(other)))
          .anyMatch(
              member ->
                  member != null
                      && member.position() <= since
                      && Membership.of(member) == Membership.JOIN);
    }
  }

  /// What changed for `user` in (since, to] of `places`.
  Moved between(UserId user, long since, Places places) {
    Set<UserId> came = new HashSet<>();
    Set<UserId> went = new HashSet<>();
    List<Window> moved = new ArrayList<>();
    for (Memberships.Entry place : places.entries()) {
      boolean isJoined = place.membership() == Membership.JOIN;
      boolean isNews =
          place.position() > since
              || isJoined && journal.latest(Stream.EVENTS, Topics.room(place.room())) > since;
      if (isNews) {
        look(user, since, places, place, came, went, moved);
      }
    }
    members(moved, came, went);
    if (came.isEmpty() && went.isEmpty()) {
      return NOTHING;
    }
    Joined joined = joined(user, since, places);
    came.removeIf(
        other -> other.equals(user) || !joined.isShared(other) || joined.wasShared(other, since));
    went.removeIf(other -> other.equals(user) || joined.isShared(other));
    return new Moved(came, went);
  }

  private void look(
      UserId user,
      long since,
      Places places,
      Memberships.Entry place,
      Set<UserId> came,
      Set<UserId> went,
      List<Window> moved) {
    Room room = rooms.byNumber(place.room());
    boolean isJoined = place.membership() == Membership.JOIN;
    boolean wasJoined =
        place.position() <= since ? isJoined : members.at(room, user, since) == Membership.JOIN;
    if (isJoined && !wasJoined) {
      came.addAll(room.state().joined());
    }
    long end = places.to();
    if (!isJoined && wasJoined) {
      // What happens in a room is no longer the business of who left it.
      long left = members.history(room, user).lastLeft(Long.MAX_VALUE);
      went.addAll(joinedAt(room, left));
      end = Math.min(end, left);
    }
    if (wasJoined && room.state().changedAt() > since) {
      moved.add(Window.since(room, since, end));
    }
  }

  /// Who was joined to a room after `position`.
  private Set<UserId> joinedAt(Room room, long position) {
    PastState past = PastState.of(timeline, room, room.snapshot(), position);
    parts.complete(List.of(past));
    Set<UserId> joined = new HashSet<>();
    for (StoredEvent event : past.all()) {
      if (event.isMember() && Membership.of(event) == Membership.JOIN) {
        joined.add(new UserId(String.valueOf(event.stateKey())));
      }
    }
    return joined;
  }

  /// Adds those whose membership of a room changed.
  private void members(List<Window> windows, Set<UserId> came, Set<UserId> went) {
    Map<Long, UserId> joins = new HashMap<>();
    for (Window window : windows) {
      for (StoredEvent event : parts.changes(window, window.from(), window.to())) {
        if (!event.isMember()) {
          continue;
        }
        UserId other = new UserId(String.valueOf(event.stateKey()));
        if (Membership.of(event) != Membership.JOIN) {
          went.add(other);
        } else if (event.replaces() == 0 || event.replaces() > window.from()) {
          came.add(other);
        } else {
          joins.put(event.replaces(), other);
        }
      }
    }
    // A join in place of a join is a new name or picture.
    for (StoredEvent before : timeline.at(joins.keySet())) {
      UserId other = joins.get(before.position());
      if (other != null && Membership.of(before) != Membership.JOIN) {
        came.add(other);
      }
    }
  }

  private Joined joined(UserId user, long since, Places places) {
    List<Room> before = new ArrayList<>();
    List<Room> all = new ArrayList<>();
    for (Memberships.Entry place : places.entries()) {
      if (place.membership() == Membership.JOIN) {
        Room room = rooms.byNumber(place.room());
        all.add(room);
        if (place.position() <= since || members.at(room, user, since) == Membership.JOIN) {
          before.add(room);
        }
      }
    }
    return new Joined(before, all);
  }
}
