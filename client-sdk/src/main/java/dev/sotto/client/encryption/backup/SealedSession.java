package dev.sotto.client.encryption.backup;

import dev.sotto.client.encryption.megolm.ExportedKey;
import dev.sotto.client.engine.BackupDecryption;
import dev.sotto.client.engine.BackupEncryption;
import dev.sotto.client.engine.BackupMessage;
import dev.sotto.client.engine.Curve25519Key;
import dev.sotto.client.engine.EngineException;
import dev.sotto.client.engine.InboundMegolm;
import dev.sotto.protocol.crypto.UnpaddedBase64;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.json.Json;
import java.util.Arrays;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `session_data`: a session's key, encrypted for the backup.
///
/// @spec
///   https://spec.matrix.org/v1.19/client-server-api/#backup-algorithm-mmegolm_backupv1curve25519-aes-sha2
final class SealedSession {
  private static final int MAX_LENGTH = 1 << 16;

  private SealedSession() {}

  static ObjectNode encrypt(BackupEncryption encryption, ExportedKey key) {
    byte[] plaintext = Json.bytes(key.backedUp());
    BackupMessage message = encryption.encrypt(plaintext);
    Arrays.fill(plaintext, (byte) 0);
    return Json.object()
        .put("ephemeral", message.ephemeral().base64())
        .put("ciphertext", UnpaddedBase64.encode(message.ciphertext()))
        .put("mac", UnpaddedBase64.encode(message.mac()));
  }

  /// The key; empty if it is damaged, for another backup, or for another session than the server
  /// says.
  static Optional<ExportedKey> decrypt(BackupDecryption decryption, BackedUpKey key) {
    JsonNode data = key.json().path("session_data");
    try {
      BackupMessage message =
          new BackupMessage(
              UnpaddedBase64.decode(text(data, "ciphertext")),
              UnpaddedBase64.decode(text(data, "mac")),
              Curve25519Key.ofBase64(text(data, "ephemeral")));
      byte[] plaintext = decryption.decrypt(message);
      try {
        return ExportedKey.of(key.room(), key.sessionId(), Json.parse(plaintext))
            .filter(SealedSession::isOfItsSession);
      } finally {
        Arrays.fill(plaintext, (byte) 0);
      }
    } catch (MatrixException | EngineException _) {
      return Optional.empty();
    }
  }

  private static boolean isOfItsSession(ExportedKey key) {
    try (InboundMegolm session = InboundMegolm.open(key.key())) {
      return session.id().equals(key.sessionId());
    } catch (EngineException _) {
      return false;
    }
  }

  private static String text(JsonNode data, String name) {
    String text = data.path(name).stringValue("");
    return text.length() > MAX_LENGTH ? "" : text;
  }
}
