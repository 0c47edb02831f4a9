package dev.sotto.client.encryption;

import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.encryption.identity.IdentityChange;
import dev.sotto.client.encryption.megolm.SessionName;
import dev.sotto.client.encryption.olm.OlmOutcome;
import dev.sotto.client.verification.Verification;

/// Something that happened in the machine and that the program may want to know.
public sealed interface MachineNews {
  /// More messages of this session can be read than before.
  record KeysArrived(SessionName session) implements MachineNews {}

  /// Messages to this device cannot be used. What came twice is not among them.
  ///
  /// @param count how many of one answer of the server
  record MessagesLost(OlmOutcome.Reason reason, int count) implements MachineNews {}

  /// A user shows another identity than before; nothing is encrypted for that user until it is
  /// confirmed.
  record IdentityChanged(IdentityChange change) implements MachineNews {}

  /// A server shows other keys for a device that is known. The device is still taken for what it
  /// was.
  ///
  /// @param shown what the server shows now
  record DeviceKeysChanged(Device shown) implements MachineNews {}

  /// A verification has gone on to this phase.
  record VerificationChanged(Verification verification) implements MachineNews {}
}
