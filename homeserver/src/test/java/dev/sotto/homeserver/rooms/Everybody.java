package dev.sotto.homeserver.rooms;

import dev.sotto.protocol.id.UserId;
import java.util.Set;

/// Users who are all there and want everything.
public final class Everybody implements UserFacts {
  @Override
  public boolean exists(UserId user) {
    return true;
  }

  @Override
  public boolean isGuest(UserId user) {
    return false;
  }

  @Override
  public boolean blocksInvites(UserId user) {
    return false;
  }

  @Override
  public Set<UserId> ignoredBy(UserId user) {
    return Set.of();
  }

  @Override
  public void moved(UserId user, Room old, Room next) {}
}
