package dev.sotto.client.encryption.secrets;

import dev.sotto.client.memory.SecretText;
import java.util.Optional;

/// Has the secrets of this device, and takes new ones.
public interface SecretKeeper {
  /// A secret to give to another verified device of one's own; empty if it is not here, or not to
  /// be given away. Closed by whoever asked.
  Optional<SecretText> secret(SecretName name);

  /// Takes a secret that another verified device of one's own has sent because it was asked.
  ///
  /// @return whether it was of use; if not, others may still send a better one
  boolean take(SecretName name, SecretText secret);
}
