package dev.sotto.client.engine;

import dev.sotto.client.memory.Secret;

/// The private key of a key backup, as a recovery key stands for it.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#recovery-key
public final class BackupKey extends Secret {
  /// Its length in bytes.
  public static final int BYTES = 32;

  private BackupKey(byte[] bytes) {
    super(bytes);
  }

  /// The key of these 32 bytes.
  ///
  /// @throws IllegalArgumentException if they are not 32
  public static BackupKey of(byte[] bytes) {
    return new BackupKey(requireLength(bytes, BYTES));
  }
}
