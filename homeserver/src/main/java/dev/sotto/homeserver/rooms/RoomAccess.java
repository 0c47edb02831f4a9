package dev.sotto.homeserver.rooms;

import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// What of a room somebody may read: all of it for members, what was before they left for former
/// members, and everything of rooms that the world may read. A room that one may not read and one
/// that does not exist answer alike.
public final class RoomAccess {
  private final Rooms rooms;
  private final Timeline timeline;
  private final Visibility visibility;
  private final Memberships memberships;
  private final UserFacts facts;

  RoomAccess(
      Rooms rooms,
      Timeline timeline,
      Visibility visibility,
      Memberships memberships,
      UserFacts facts) {
    this.rooms = rooms;
    this.timeline = timeline;
    this.visibility = visibility;
    this.memberships = memberships;
    this.facts = facts;
  }

  /// A room as one user may read it.
  ///
  /// @param horizon the position up to which its state is shown
  /// @param sight which of its events may be seen
  /// @param ignored whose messages the user does not want to see
  public record Reading(Room room, UserId user, long horizon, Sight sight, Set<UserId> ignored) {
    /// Whether an event is shown in lists.
    public boolean shows(StoredEvent event) {
      return (event.isState() || !ignored.contains(event.sender())) && sight.test(event);
    }
  }

  /// A room that somebody may have been in.
  ///
  /// @throws MatrixException `M_FORBIDDEN` if there is none, as for one who is not a member
  public Room entered(RoomId id) {
    return rooms.find(id).orElseThrow(RoomAccess::notMember);
  }

  /// A room that `user` is joined to.
  ///
  /// @throws MatrixException `M_FORBIDDEN` if the user is not, or there is no such room
  public Room joined(RoomId id, UserId user) {
    Room room = entered(id);
    if (!room.state().isJoined(user)) {
      throw notMember();
    }
    return room;
  }

  /// The room as `user` may read it.
  ///
  /// @throws MatrixException `M_FORBIDDEN` for one who was never a member and may not peek, or if
  ///   there is no such room
  public Reading reading(RoomId id, UserId user) {
    Room room = entered(id);
    long horizon = horizon(room, user).orElseThrow(RoomAccess::notMember);
    return new Reading(room, user, horizon, visibility.of(room, user), facts.ignoredBy(user));
  }

  private OptionalLong horizon(Room room, UserId user) {
    if (visibility.mayPeek(room, user)) {
      return OptionalLong.of(Long.MAX_VALUE);
    }
    Memberships.Entry entry = memberships.of(user, room.number());
    boolean left =
        entry != null
            && !entry.forgotten()
            && (entry.membership() == Membership.LEAVE || entry.membership() == Membership.BAN);
    return left ? endOfLastStay(room, user) : OptionalLong.empty();
  }

  /// The position at which the user was last joined and then was not. What came later for one who
  /// was outside already, a ban or a refused invitation, shows nothing more.
  private OptionalLong endOfLastStay(Room room, UserId user) {
    List<StoredEvent> history = timeline.history(room, StateKey.member(user));
    for (int i = history.size() - 1; i > 0; i--) {
      if (Membership.of(history.get(i - 1)) == Membership.JOIN) {
        return OptionalLong.of(history.get(i).position());
      }
    }
    return OptionalLong.empty();
  }

  /// The whole state that is shown, in no order.
  public Collection<StoredEvent> state(Reading reading) {
    return timeline.stateAt(reading.room, reading.horizon);
  }

  /// One piece of the state that is shown.
  public Optional<StoredEvent> state(Reading reading, StateKey key) {
    return timeline.stateAt(reading.room, key, reading.horizon);
  }

  /// An event of a room that `user` may see, else `M_NOT_FOUND`: whether the event or the room
  /// exists is not told.
  public StoredEvent event(RoomId id, UserId user, EventId event) {
    return rooms
        .find(id)
        .filter(room -> !hasForgotten(room, user))
        .flatMap(
            room ->
                timeline.event(room, event).filter(found -> visibility.of(room, user).test(found)))
        .orElseThrow(
            () -> MatrixException.notFound("There is no such event here, or you may not see it."));
  }

  private boolean hasForgotten(Room room, UserId user) {
    Memberships.Entry entry = memberships.of(user, room.number());
    return entry != null && entry.forgotten() && !visibility.mayPeek(room, user);
  }

  /// The one refusal of those who are not in a room, whether there is such a room or not.
  public static MatrixException notMember() {
    return MatrixException.forbidden("You are not a member of this room.");
  }
}
