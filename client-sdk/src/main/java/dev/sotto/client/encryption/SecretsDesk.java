package dev.sotto.client.encryption;

import dev.sotto.client.encryption.secrets.SecretName;
import dev.sotto.client.memory.SecretText;
import java.util.List;
import java.util.Optional;

/// The user's secrets: the private keys of the identity and of the backup. For any number of
/// threads.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#secrets
public final class SecretsDesk {
  private final Turns turns;
  private final Parts parts;
  private final Incoming incoming;

  SecretsDesk(Turns turns, Parts parts, Incoming incoming) {
    this.turns = turns;
    this.parts = parts;
    this.incoming = incoming;
  }

  /// The names of all secrets that a device needs to be one of the user's in full.
  public static List<SecretName> names() {
    return OwnSecrets.ALL;
  }

  /// A secret for secret storage; empty if it is not here. The caller closes it.
  public Optional<SecretText> secret(SecretName name) {
    return turns.take(() -> parts.secrets().secret(name));
  }

  /// Takes a secret from secret storage.
  ///
  /// @return whether it was of use: it belongs to the keys that the server shows
  public boolean take(SecretName name, SecretText secret) {
    return turns.take(
        () -> {
          boolean taken = parts.secrets().take(name, secret);
          incoming.reviewOwn();
          return taken;
        });
  }
}
