package dev.sotto.homeserver.sync;

import dev.sotto.homeserver.filters.Filter;
import dev.sotto.homeserver.journal.StreamToken;
import dev.sotto.homeserver.presence.PresenceState;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What a device asks of a sync.
///
/// @param device null for an application service that named none; it has no messages to the device
/// @param since where the last sync ended, or null for everything
/// @param fullState whether the whole state of every room is wanted, whatever `since` says
/// @param form where the state stands that comes with a timeline
/// @param timeout how long to wait for news if there is none
/// @param presence what the device says of its user by syncing
public record SyncRequest(
    UserId user,
    @Nullable DeviceId device,
    @Nullable StreamToken since,
    Filter filter,
    boolean fullState,
    StateForm form,
    Duration timeout,
    PresenceState presence) {

  /// This request with another point to go on from.
  SyncRequest since(@Nullable StreamToken other) {
    return new SyncRequest(user, device, other, filter, fullState, form, timeout, presence);
  }

  /// The state that comes with a timeline is that before it, or that after it.
  public enum StateForm {
    BEFORE("state"),
    AFTER("state_after"),
    UNSTABLE_AFTER("org.matrix.msc4222.state_after");

    private final String member;

    StateForm(String member) {
      this.member = member;
    }

    /// The member of a room that holds this state.
    String member() {
      return member;
    }

    boolean isAfter() {
      return this != BEFORE;
    }
  }
}
