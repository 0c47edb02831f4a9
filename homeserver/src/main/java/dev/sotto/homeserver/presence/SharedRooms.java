package dev.sotto.homeserver.presence;

import dev.sotto.protocol.id.UserId;
import java.util.Collection;

/// Who meets whom.
public interface SharedRooms {
  /// Whether both users are joined to some room.
  boolean share(UserId one, UserId other);

  /// The numbers of the rooms that a user is joined to.
  Collection<Long> joinedRooms(UserId user);
}
