package dev.sotto.homeserver.sync;

import dev.sotto.homeserver.rooms.Membership;
import dev.sotto.homeserver.rooms.StoredEvent;
import java.util.List;

/// A user's memberships of one room, oldest first.
record OwnHistory(List<StoredEvent> events) {

  /// What the user was after `position`.
  Membership at(long position) {
    Membership membership = Membership.LEAVE;
    for (StoredEvent event : events) {
      if (event.position() > position) {
        break;
      }
      membership = Membership.of(event);
    }
    return membership;
  }

  /// The position of the newest event up to `to` that ended being joined; 0 if the user never was.
  long lastLeft(long to) {
    long left = 0;
    boolean joined = false;
    for (StoredEvent event : events) {
      if (event.position() > to) {
        break;
      }
      boolean joins = Membership.of(event) == Membership.JOIN;
      if (joined && !joins) {
        left = event.position();
      }
      joined = joins;
    }
    return left;
  }

  /// The events of (from, to], oldest first.
  List<StoredEvent> within(long from, long to) {
    return events.stream().filter(e -> e.position() > from && e.position() <= to).toList();
  }
}
