package dev.sotto.client.encryption.backup;

import dev.sotto.client.engine.Curve25519Key;
import dev.sotto.client.engine.EngineException;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A backup as the server describes it.
///
/// @param version what the server calls it
/// @param publicKey what its keys are encrypted to
/// @param authData the public key with its signatures
record BackupVersion(String version, Curve25519Key publicKey, ObjectNode authData) {
  /// The only kind of backup there is.
  ///
  /// @spec
  ///   https://spec.matrix.org/v1.19/client-server-api/#backup-algorithm-mmegolm_backupv1curve25519-aes-sha2
  static final String ALGORITHM = "m.megolm_backup.v1.curve25519-aes-sha2";

  private static final int MAX_VERSION_LENGTH = 255;

  /// The backup of an answer; empty if it is of another kind, or makes no sense.
  static Optional<BackupVersion> of(JsonNode answer) {
    return ALGORITHM.equals(answer.path("algorithm").stringValue(null))
        ? of(answer, answer.path("auth_data"))
        : Optional.empty();
  }

  /// The backup that was just made with these `auth_data`.
  ///
  /// @param answer what names its version
  static Optional<BackupVersion> of(JsonNode answer, JsonNode authData) {
    String version = answer.path("version").stringValue("");
    if (version.isEmpty()
        || version.length() > MAX_VERSION_LENGTH
        || !(authData instanceof ObjectNode object)) {
      return Optional.empty();
    }
    try {
      Curve25519Key key = Curve25519Key.ofBase64(object.path("public_key").stringValue(""));
      return Optional.of(new BackupVersion(version, key, object.deepCopy()));
    } catch (EngineException _) {
      return Optional.empty();
    }
  }
}
