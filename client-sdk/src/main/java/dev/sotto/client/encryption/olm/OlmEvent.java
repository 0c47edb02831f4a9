package dev.sotto.client.encryption.olm;

import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.engine.Curve25519Key;
import dev.sotto.protocol.crypto.VerifyKey;
import dev.sotto.protocol.id.UserId;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// What a message through an Olm session said, after all checks of the specification.
///
/// @param sender the user whom the message and the server name; the server alone could have made
///   that up unless `device` says more
/// @param senderKey the device's Curve25519 key: whoever sent it owns this
/// @param fingerprint the Ed25519 key that the sender says is the device's
/// @param device the device that signed for both keys as its own and for this user, from the
///   message or from what is known; empty if nobody has
/// @param withDeviceKeys whether the message itself says so (`sender_device_keys`)
/// @param content as encrypted
/// @spec https://spec.matrix.org/v1.19/client-server-api/#validation-of-incoming-decrypted-events
public record OlmEvent(
    UserId sender,
    Curve25519Key senderKey,
    VerifyKey fingerprint,
    Optional<Device> device,
    boolean withDeviceKeys,
    String type,
    ObjectNode content) {

  /// Without the content, which may be a key.
  @Override
  public String toString() {
    return "OlmEvent[" + type + " from " + sender + "]";
  }
}
