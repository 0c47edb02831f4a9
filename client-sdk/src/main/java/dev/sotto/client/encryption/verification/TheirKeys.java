package dev.sotto.client.encryption.verification;

import dev.sotto.client.verification.CancelCode;
import dev.sotto.protocol.crypto.VerifyKey;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import java.util.Optional;

/// The keys of the other side as this device knows them when the verification starts. They are held
/// on to, so that a change meanwhile is seen.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#key-and-signature-security
record TheirKeys(UserId user, DeviceId device, VerifyKey fingerprint, Optional<VerifyKey> master) {

  /// @throws Breach if the device is not known, or one of the user's devices is named like the
  ///   master key, so that a confirmation of one could be passed off as one of the other
  static TheirKeys of(KnownKeys keys, UserId user, DeviceId device) throws Breach {
    VerifyKey fingerprint =
        keys.fingerprint(user, device).orElseThrow(() -> new Breach(CancelCode.KEY_MISMATCH));
    Optional<VerifyKey> master = keys.masterKey(user);
    if (master.isPresent() && isDevice(keys, user, master.get())) {
      throw new Breach(CancelCode.KEY_MISMATCH);
    }
    return new TheirKeys(user, device, fingerprint, master);
  }

  private static boolean isDevice(KnownKeys keys, UserId user, VerifyKey master) {
    try {
      return keys.fingerprint(user, new DeviceId(master.base64())).isPresent();
    } catch (MatrixException _) {
      return false;
    }
  }

  /// @throws Breach if one of the keys is another by now
  void requireUnchanged(KnownKeys keys) throws Breach {
    if (!equals(of(keys, user, device))) {
      throw new Breach(CancelCode.KEY_MISMATCH);
    }
  }
}
