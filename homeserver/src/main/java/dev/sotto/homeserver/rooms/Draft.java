package dev.sotto.homeserver.rooms;

import dev.sotto.homeserver.blindness.Admitted;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import org.jspecify.annotations.Nullable;

/// An event that somebody wants to add to a room.
///
/// @param sentAt when it was sent, in milliseconds since 1970, where an application service says so
/// @param sent what the sending device called it, or null
public record Draft(UserId sender, Admitted admitted, @Nullable Long sentAt, @Nullable Sent sent) {

  /// How a device names what it sends, so that a repetition is known for one.
  public record Sent(DeviceId device, String txnId) {}

  public Draft(UserId sender, Admitted admitted) {
    this(sender, admitted, null, null);
  }
}
