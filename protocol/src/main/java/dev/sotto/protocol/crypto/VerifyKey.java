package dev.sotto.protocol.crypto;

import dev.sotto.protocol.error.MatrixException;
import java.util.Arrays;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/// The public half of an Ed25519 key pair.
public final class VerifyKey {
  private final byte[] bytes;

  private VerifyKey(byte[] bytes) {
    this.bytes = bytes;
  }

  /// The key of these 32 bytes.
  ///
  /// @throws MatrixException `M_INVALID_PARAM` if they are not 32
  public static VerifyKey of(byte[] bytes) {
    if (bytes.length != Ed25519.PUBLIC_KEY_SIZE) {
      throw MatrixException.invalidParam("An Ed25519 public key must be 32 bytes long.");
    }
    return new VerifyKey(bytes.clone());
  }

  /// The key that this unpadded base64 stands for.
  public static VerifyKey ofBase64(String base64) {
    return of(UnpaddedBase64.decode(base64));
  }

  /// Whether `signature` is this key's over `message`. False for a signature of a wrong length and
  /// for a key that is no point of the curve: neither is anything but wrong.
  public boolean verify(byte[] message, byte[] signature) {
    return signature.length == Ed25519.SIGNATURE_SIZE
        && Ed25519.verify(signature, 0, bytes, 0, message, 0, message.length);
  }

  public byte[] bytes() {
    return bytes.clone();
  }

  public String base64() {
    return UnpaddedBase64.encode(bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VerifyKey key && Arrays.equals(bytes, key.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return base64();
  }
}
