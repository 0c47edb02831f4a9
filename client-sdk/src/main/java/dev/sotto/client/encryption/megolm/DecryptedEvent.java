package dev.sotto.client.encryption.megolm;

import dev.sotto.client.encryption.device.Device;
import dev.sotto.protocol.id.UserId;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// What an encrypted event of a room says.
///
/// @param type what kind of event it really is
/// @param content its content, with the relation that stood outside of what was encrypted
/// @param sender who sent it; proven as far as `trust` says
/// @param device the device it comes from, if that is known
/// @param session what is known of the session it was encrypted with
/// @param index where in the session it stands
public record DecryptedEvent(
    String type,
    ObjectNode content,
    UserId sender,
    Optional<Device> device,
    MessageTrust trust,
    SessionFacts session,
    long index) {

  /// Without the content.
  @Override
  public String toString() {
    return "DecryptedEvent[" + type + " by " + sender + ", " + trust + "]";
  }
}
