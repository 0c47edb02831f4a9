package dev.sotto.homeserver.rooms;

import dev.sotto.protocol.event.EventTypes;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.UserId;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Decides which events of a room a user may see.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#room-history-visibility
public final class Visibility {
  private final Timeline timeline;

  Visibility(Timeline timeline) {
    this.timeline = timeline;
  }

  /// Whether `user` may see events of `room`, as a test to be used on many of them.
  public Predicate<StoredEvent> of(Room room, UserId user) {
    RoomState state = room.state();
    StoredEvent visibility = state.stored(StateKey.HISTORY_VISIBILITY);
    boolean neverNarrower =
        visibility == null
            || visibility.replaces() == 0
                && HistoryVisibility.of(visibility).compareTo(HistoryVisibility.SHARED) <= 0;
    if (neverNarrower && state.isJoined(user)) {
      return _ -> true;
    }
    return new Histories(
        timeline.history(room, StateKey.HISTORY_VISIBILITY),
        timeline.history(room, StateKey.member(user)),
        user);
  }

  /// Whether `user` may see anything of `room` as it is now: its state, its members, its aliases.
  public boolean mayPeek(Room room, UserId user) {
    return room.state().isJoined(user)
        || room.state().historyVisibility() == HistoryVisibility.WORLD_READABLE;
  }

  /// The settings of a room's visibility and of a user's membership, oldest first.
  private record Histories(
      List<StoredEvent> visibilities, List<StoredEvent> memberships, UserId user)
      implements Predicate<StoredEvent> {
    @Override
    public boolean test(StoredEvent event) {
      long position = event.position();
      // An event that changes either is seen by whoever may see what is before or after it.
      boolean turns =
          event.isMember() && user.value().equals(event.stateKey())
              || event.isState()
                  && event.type().equals(EventTypes.HISTORY_VISIBILITY)
                  && "".equals(event.stateKey());
      return visibleAt(position) || turns && visibleAt(position - 1);
    }

    private boolean visibleAt(long position) {
      StoredEvent set = lastUpTo(visibilities, position);
      HistoryVisibility visibility =
          set == null ? HistoryVisibility.SHARED : HistoryVisibility.of(set);
      StoredEvent member = lastUpTo(memberships, position);
      Membership membership = member == null ? Membership.LEAVE : Membership.of(member);
      if (visibility == HistoryVisibility.WORLD_READABLE || membership == Membership.JOIN) {
        return true;
      }
      return switch (visibility) {
        case SHARED -> joinedAfter(position);
        case INVITED -> membership == Membership.INVITE && joinedAfter(position);
        case JOINED, WORLD_READABLE -> false;
      };
    }

    private boolean joinedAfter(long position) {
      for (StoredEvent member : memberships.reversed()) {
        if (member.position() <= position) {
          return false;
        }
        if (Membership.of(member) == Membership.JOIN) {
          return true;
        }
      }
      return false;
    }

    private static @Nullable StoredEvent lastUpTo(List<StoredEvent> events, long position) {
      for (StoredEvent event : events.reversed()) {
        if (event.position() <= position) {
          return event;
        }
      }
      return null;
    }
  }
}
