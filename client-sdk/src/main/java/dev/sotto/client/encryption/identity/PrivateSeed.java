package dev.sotto.client.encryption.identity;

import dev.sotto.client.memory.Secret;

/// What a private cross-signing key is made from: 32 bytes, which secret storage and other devices
/// of one's own get in base64.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#cross-signing
public final class PrivateSeed extends Secret {
  /// Its length in bytes.
  public static final int BYTES = 32;

  private PrivateSeed(byte[] bytes) {
    super(bytes);
  }

  /// The seed of these 32 bytes, which are copied.
  ///
  /// @throws IllegalArgumentException if they are not 32
  public static PrivateSeed of(byte[] bytes) {
    return new PrivateSeed(requireLength(bytes, BYTES));
  }
}
