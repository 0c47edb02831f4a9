package dev.sotto.client.engine;

import java.util.Arrays;

/// A room key encrypted for the key backup, the `session_data` of it. Nothing proves who made it:
/// the code does not cover the ciphertext, by a fault of the algorithm that cannot be mended.
///
/// @spec
///   https://spec.matrix.org/v1.19/client-server-api/#backup-algorithm-mmegolm_backupv1curve25519-aes-sha2
public record BackupMessage(byte[] ciphertext, byte[] mac, Curve25519Key ephemeral) {

  @Override
  public boolean equals(Object other) {
    return other instanceof BackupMessage message
        && Arrays.equals(ciphertext, message.ciphertext)
        && Arrays.equals(mac, message.mac)
        && ephemeral.equals(message.ephemeral);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(ciphertext) + ephemeral.hashCode();
  }

  @Override
  public String toString() {
    return "BackupMessage[" + ciphertext.length + " bytes]";
  }
}
