package dev.sotto.homeserver.rooms;

import dev.sotto.protocol.id.UserId;
import java.util.Set;

/// What rooms ask about users.
public interface UserFacts {
  /// Whether there is somebody of this id who could come into a room.
  boolean exists(UserId user);

  /// Whether this is a guest account.
  boolean isGuest(UserId user);

  /// Whether this user wants no invitations.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#invite-permission
  boolean blocksInvites(UserId user);

  /// Whom this user wants to hear nothing from.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#ignoring-users
  Set<UserId> ignoredBy(UserId user);

  /// A user who is in `old` came into `next`, which replaces it; called once both are on disk.
  void moved(UserId user, Room old, Room next);
}
