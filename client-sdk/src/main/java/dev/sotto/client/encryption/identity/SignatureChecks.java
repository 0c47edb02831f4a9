package dev.sotto.client.encryption.identity;

import dev.sotto.client.memory.Recent;
import dev.sotto.protocol.crypto.JsonSignatures;
import dev.sotto.protocol.crypto.VerifyKey;
import dev.sotto.protocol.id.UserId;
import tools.jackson.databind.node.ObjectNode;

/// Checks signatures of cross-signing keys, and remembers the results: comparing objects takes a
/// hundredth of the time.
final class SignatureChecks {
  private static final int CAPACITY = 10_000;

  private final Recent<Place, Check> checks = new Recent<>(CAPACITY);

  /// Of what the signature is; for each, the last result is remembered.
  ///
  /// @param device its id; empty for the user's master key
  record Place(UserId user, String device) {}

  private record Check(ObjectNode signed, VerifyKey key, boolean result) {}

  /// Whether `signed` has a good signature by this key of `signer`.
  ///
  /// @param signed not changed after this
  boolean confirms(Place place, ObjectNode signed, UserId signer, VerifyKey key) {
    Check last = checks.get(place);
    if (last != null && last.key.equals(key) && last.signed.equals(signed)) {
      return last.result;
    }
    boolean result = JsonSignatures.verify(signed, signer.value(), CrossSigningKey.keyId(key), key);
    checks.put(place, new Check(signed, key, result));
    return result;
  }
}
