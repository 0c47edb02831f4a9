package dev.sotto.homeserver.rooms;

import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.UserId;

/// Decides which events of a room a user may see.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#room-history-visibility
public final class Visibility {
  private final Timeline timeline;

  Visibility(Timeline timeline) {
    this.timeline = timeline;
  }

  /// What `user` may see of `room`, as a test to be used on many events.
  public Sight of(Room room, UserId user) {
    RoomState state = room.state();
    StoredEvent visibility = state.stored(StateKey.HISTORY_VISIBILITY);
    boolean neverNarrower =
        visibility == null
            || visibility.replaces() == 0
                && HistoryVisibility.of(visibility).compareTo(HistoryVisibility.SHARED) <= 0;
    if (neverNarrower && state.isJoined(user)) {
      return Sight.ALL;
    }
    return new Sight.ByHistory(
        timeline.history(room, StateKey.HISTORY_VISIBILITY),
        timeline.history(room, StateKey.member(user)),
        user);
  }

  /// Whether `user` may see anything of `room` as it is now: its state, its members, its aliases.
  public boolean mayPeek(Room room, UserId user) {
    return room.state().isJoined(user)
        || room.state().historyVisibility() == HistoryVisibility.WORLD_READABLE;
  }
}
