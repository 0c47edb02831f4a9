package dev.sotto.homeserver.keys;

import dev.sotto.protocol.id.UserId;
import java.util.Set;

/// Knows who shares rooms with whom.
public interface SharedRooms {
  /// The journal's topics of a user: the user's own and those of the rooms the user is joined to.
  long[] topics(UserId user);

  /// Everyone who is joined to a room that `user` is joined to.
  Set<UserId> sharing(UserId user);
}
