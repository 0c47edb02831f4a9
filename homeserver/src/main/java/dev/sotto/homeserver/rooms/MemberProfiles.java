package dev.sotto.homeserver.rooms;

import dev.sotto.protocol.id.UserId;
import org.jspecify.annotations.Nullable;

/// What membership events show of a user's profile.
@FunctionalInterface
public interface MemberProfiles {
  /// A user's name and picture, each null where there is none.
  record MemberProfile(@Nullable String displayname, @Nullable String avatarUrl) {}

  MemberProfile of(UserId user);
}
