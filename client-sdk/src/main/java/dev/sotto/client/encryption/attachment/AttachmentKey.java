package dev.sotto.client.encryption.attachment;

import dev.sotto.client.memory.Secret;
import java.util.Arrays;

/// What opens one encrypted file: its key, where its counter starts, and the hash that it must
/// have. Each file has one of its own.
public final class AttachmentKey extends Secret {
  static final int KEY_BYTES = 32;
  static final int COUNTER_BYTES = 16;
  static final int HASH_BYTES = 32;

  private AttachmentKey(byte[] bytes) {
    super(bytes);
  }

  /// Of a key, the first counter block and the SHA-256 of the ciphertext.
  static AttachmentKey of(byte[] key, byte[] counter, byte[] sha256) {
    requireLength(key, KEY_BYTES);
    requireLength(counter, COUNTER_BYTES);
    requireLength(sha256, HASH_BYTES);
    byte[] all = Arrays.copyOf(key, KEY_BYTES + COUNTER_BYTES + HASH_BYTES);
    System.arraycopy(counter, 0, all, KEY_BYTES, COUNTER_BYTES);
    System.arraycopy(sha256, 0, all, KEY_BYTES + COUNTER_BYTES, HASH_BYTES);
    try {
      return new AttachmentKey(all);
    } finally {
      Arrays.fill(all, (byte) 0);
    }
  }

  /// A copy; the caller wipes it.
  byte[] key() {
    return part(0, KEY_BYTES);
  }

  byte[] counter() {
    return part(KEY_BYTES, COUNTER_BYTES);
  }

  byte[] sha256() {
    return part(KEY_BYTES + COUNTER_BYTES, HASH_BYTES);
  }

  private byte[] part(int from, int length) {
    byte[] all = bytes();
    try {
      return Arrays.copyOfRange(all, from, from + length);
    } finally {
      Arrays.fill(all, (byte) 0);
    }
  }
}
