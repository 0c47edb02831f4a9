package dev.sotto.homeserver.blindness;

import dev.sotto.protocol.json.Json;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Decides what may be stored.
public final class Gate {
  private final EncryptionPolicy policy;

  public Gate(EncryptionPolicy policy) {
    this.policy = policy;
  }

  public EncryptionPolicy policy() {
    return policy;
  }

  /// What every new room's m.room.encryption says; empty where rooms need not be encrypted.
  public Optional<ObjectNode> encryptionOfNewRooms() {
    return policy == EncryptionPolicy.REQUIRED
        ? Optional.of(Json.object().put("algorithm", "m.megolm.v1.aes-sha2"))
        : Optional.empty();
  }

  /// What of an event may be stored.
  ///
  /// @param stateKey null for a message-like event
  /// @throws dev.sotto.protocol.error.MatrixException `M_FORBIDDEN` if it is not for this server
  public Admitted admit(String type, @Nullable String stateKey, ObjectNode content) {
    return new Admitted(type, stateKey, content);
  }
}
