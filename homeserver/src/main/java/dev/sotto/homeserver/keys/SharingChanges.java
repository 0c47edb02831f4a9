package dev.sotto.homeserver.keys;

import dev.sotto.protocol.id.UserId;
import java.util.Set;

/// Knows whose rooms a user began or ceased to share.
@FunctionalInterface
public interface SharingChanges {
  /// What changed between two positions of the journal.
  ///
  /// @param began users who share a room with the user now and may not have before
  /// @param ended users who share none any more
  record Moved(Set<UserId> began, Set<UserId> ended) {}

  Moved between(UserId user, long from, long to);
}
