package dev.sotto.homeserver.sync;

import dev.sotto.homeserver.rooms.Membership;
import dev.sotto.homeserver.rooms.Memberships;
import dev.sotto.homeserver.rooms.Room;
import dev.sotto.homeserver.rooms.StoredEvent;
import dev.sotto.homeserver.rooms.Timeline;
import dev.sotto.homeserver.rooms.Visibility;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.UserId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What a user was in rooms, and what follows of it for what the user may see.
final class OwnMemberships {
  private final Timeline timeline;
  private final Visibility visibility;

  OwnMemberships(Timeline timeline, Visibility visibility) {
    this.timeline = timeline;
    this.visibility = visibility;
  }

  /// Every membership that `user` ever had in `room`.
  OwnHistory history(Room room, UserId user) {
    return new OwnHistory(timeline.history(room, StateKey.member(user)));
  }

  /// What `user` was in `room` after `position`.
  Membership at(Room room, UserId user, long position) {
    StateKey key = StateKey.member(user);
    StoredEvent event = room.state().stored(key);
    while (event != null && event.position() > position) {
      long before = event.replaces();
      if (before == 0) {
        return Membership.LEAVE;
      }
      event = recent(room, before);
    }
    if (event != null) {
      return Membership.of(event);
    }
    return timeline
        .stateAt(room, key, position)
        .map(stored -> Membership.of(stored))
        .orElse(Membership.LEAVE);
  }

  /// Whether `user` was ever joined to `room` up to `position`.
  boolean wasJoined(Room room, UserId user, long position) {
    StoredEvent current = room.state().stored(StateKey.member(user));
    return current != null
        && current.replaces() != 0
        && history(room, user).within(0, position).stream()
            .anyMatch(event -> Membership.of(event) == Membership.JOIN);
  }

  private static @Nullable StoredEvent recent(Room room, long position) {
    for (StoredEvent event : room.snapshot().recent()) {
      if (event.position() == position) {
        return event;
      }
    }
    return null;
  }

  /// Whether `user`, who is joined since `place` at the latest, may see events of a window.
  Predicate<StoredEvent> visible(Window window, UserId user, Memberships.Entry place) {
    long joinedFrom = place.position();
    if (joinedFrom <= window.from()) {
      return _ -> true;
    }
    // Only events from before that need the histories, which are not in memory.
    Predicate<StoredEvent> earlier = visible(window.room(), user);
    return event -> event.position() >= joinedFrom || earlier.test(event);
  }

  /// Whether `user` may see events of a room; nothing is looked up before the first one is asked
  /// for.
  Predicate<StoredEvent> visible(Room room, UserId user) {
    return new Predicate<>() {
      private @Nullable Predicate<StoredEvent> found;

      @Override
      public boolean test(StoredEvent event) {
        Predicate<StoredEvent> known = found;
        if (known == null) {
          known = visibility.of(room, user);
          found = known;
        }
        return known.test(event);
      }
    };
  }

  /// The positions of those of `places` that somebody else put the user in.
  Set<Long> removals(UserId user, Places places) {
    List<Long> positions = new ArrayList<>();
    for (Memberships.Entry place : places.entries()) {
      if (place.membership() == Membership.LEAVE && !place.forgotten()) {
        positions.add(place.position());
      }
    }
    Set<Long> removals = new HashSet<>();
    for (StoredEvent event : timeline.at(positions)) {
      if (!event.sender().equals(user)) {
        removals.add(event.position());
      }
    }
    return removals;
  }
}
