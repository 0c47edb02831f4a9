package dev.sotto.client;

import dev.sotto.client.event.Membership;
import dev.sotto.protocol.id.UserId;
import java.util.Optional;

/// Somebody in a room, or who was.
///
/// @param displayName as the user wishes to be called; two may wish the same
/// @param avatarUrl `mxc://server/id` of the user's picture
public record Member(
    UserId user, Membership membership, Optional<String> displayName, Optional<String> avatarUrl) {
  /// The display name, or the id where there is none.
  public String name() {
    return displayName.filter(name -> !name.isBlank()).orElse(user.value());
  }
}
