package dev.sotto.client.encryption.verification;

import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// A message that came in, of which nothing but the sender is established.
///
/// @param senderDevice the device that encrypted it; null if it was in the clear
record Message(
    UserId sender, @Nullable DeviceId senderDevice, MessageType type, ObjectNode content) {

  /// Whether it can come from `device`, as far as that is known.
  boolean mayBeFrom(@Nullable DeviceId device) {
    return senderDevice == null || device == null || senderDevice.equals(device);
  }
}
