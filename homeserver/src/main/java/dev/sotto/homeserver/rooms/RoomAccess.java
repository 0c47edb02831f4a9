package dev.sotto.homeserver.rooms;

import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.UserId;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Predicate;

/// What of a room somebody may read: all of it for members, what was before they left for former
/// members, and everything of rooms that the world may read.
public final class RoomAccess {
  private final Timeline timeline;
  private final Visibility visibility;
  private final Memberships memberships;

  RoomAccess(Timeline timeline, Visibility visibility, Memberships memberships) {
    this.timeline = timeline;
    this.visibility = visibility;
    this.memberships = memberships;
  }

  /// A room as one user may read it.
  ///
  /// @param horizon the position up to which its state is shown
  /// @param sees which of its events are shown
  public record Reading(Room room, UserId user, long horizon, Predicate<StoredEvent> sees) {}

  /// Refuses whoever is not joined to the room.
  public void requireJoined(Room room, UserId user) {
    if (!room.state().isJoined(user)) {
      throw notMember();
    }
  }

  /// The room as `user` may read it.
  ///
  /// @throws MatrixException `M_FORBIDDEN` for one who was never a member and may not peek
  public Reading reading(Room room, UserId user) {
    return new Reading(room, user, horizon(room, user), visibility.of(room, user));
  }

  private long horizon(Room room, UserId user) {
    if (visibility.mayPeek(room, user)) {
      return Long.MAX_VALUE;
    }
    Memberships.Entry entry = memberships.of(user, room.number());
    if (entry != null && hasLeft(entry) && wasJoined(room, user)) {
      return entry.position();
    }
    throw notMember();
  }

  private static boolean hasLeft(Memberships.Entry entry) {
    return !entry.forgotten()
        && (entry.membership() == Membership.LEAVE || entry.membership() == Membership.BAN);
  }

  private boolean wasJoined(Room room, UserId user) {
    return timeline.history(room, StateKey.member(user)).stream()
        .anyMatch(event -> Membership.of(event) == Membership.JOIN);
  }

  /// The whole state that is shown, in no order.
  public Collection<StoredEvent> state(Reading reading) {
    return timeline.stateAt(reading.room, reading.horizon);
  }

  /// One piece of the state that is shown.
  public Optional<StoredEvent> state(Reading reading, StateKey key) {
    return timeline.stateAt(reading.room, key, reading.horizon);
  }

  /// An event of the room that is shown, else `M_NOT_FOUND`: whether it exists is not told.
  public StoredEvent event(Room room, UserId user, EventId id) {
    return timeline
        .event(room, id)
        .filter(event -> visibility.of(room, user).test(event))
        .orElseThrow(
            () -> MatrixException.notFound("There is no such event here, or you may not see it."));
  }

  private static MatrixException notMember() {
    return MatrixException.forbidden("You are not a member of this room.");
  }
}
