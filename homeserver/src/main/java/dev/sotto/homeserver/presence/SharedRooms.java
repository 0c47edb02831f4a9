package dev.sotto.homeserver.presence;

import dev.sotto.protocol.id.UserId;
import java.util.Collection;
import java.util.Set;

/// Who meets whom.
public interface SharedRooms {
  /// Whether both users are joined to some room.
  boolean share(UserId one, UserId other);

  /// Everyone who is joined to a room that `user` is joined to.
  Set<UserId> sharing(UserId user);

  /// The numbers of the rooms that a user is joined to.
  Collection<Long> joinedRooms(UserId user);
}
