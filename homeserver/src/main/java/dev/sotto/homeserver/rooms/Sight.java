package dev.sotto.homeserver.rooms;

import dev.sotto.protocol.event.EventTypes;
import dev.sotto.protocol.id.UserId;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What of a room's events one user may see.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#room-history-visibility
public sealed interface Sight extends Predicate<StoredEvent> {
  /// Sight of all there is.
  Sight ALL = new All();

  /// Whether everything is seen, so that nothing need be asked.
  boolean isUnlimited();

  /// Whether a message-like event at `position` is seen.
  boolean messageAt(long position);

  /// The sight of a member of a room whose history was never hidden.
  record All() implements Sight {
    @Override
    public boolean isUnlimited() {
      return true;
    }

    @Override
    public boolean messageAt(long position) {
      return true;
    }

    @Override
    public boolean test(StoredEvent event) {
      return true;
    }
  }

  /// Sight by what the room's visibility and the user's membership were at each event.
  ///
  /// @param visibilities every setting of the room's visibility, oldest first
  /// @param memberships every membership of the user, oldest first
  record ByHistory(List<StoredEvent> visibilities, List<StoredEvent> memberships, UserId user)
      implements Sight {
    @Override
    public boolean isUnlimited() {
      return false;
    }

    @Override
    public boolean test(StoredEvent event) {
      long position = event.position();
      // An event that changes either is seen by whoever may see what is before or after it.
      boolean turns =
          event.isMember() && user.value().equals(event.stateKey())
              || event.isState()
                  && event.type().equals(EventTypes.HISTORY_VISIBILITY)
                  && "".equals(event.stateKey());
      return messageAt(position) || turns && messageAt(position - 1);
    }

    @Override
    public boolean messageAt(long position) {
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
        case INVITED -> membership == Membership.INVITE;
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
