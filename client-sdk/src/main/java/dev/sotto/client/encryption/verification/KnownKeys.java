package dev.sotto.client.encryption.verification;

import dev.sotto.protocol.crypto.VerifyKey;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import java.util.Optional;

/// The keys that this device takes for those of others: what a verification confirms or refutes.
/// What a message claims about keys is only ever compared with these.
public interface KnownKeys {
  /// The Ed25519 key of a user's device, as it was told by the server and signed by itself.
  Optional<VerifyKey> fingerprint(UserId user, DeviceId device);

  /// The master signing key of a user, also of this device's own, as the server told it. It need
  /// not be verified.
  Optional<VerifyKey> masterKey(UserId user);

  /// This user's own master signing key, if this device trusts it: it is vouched for towards the
  /// other side.
  Optional<VerifyKey> trustedMasterKey();
}
