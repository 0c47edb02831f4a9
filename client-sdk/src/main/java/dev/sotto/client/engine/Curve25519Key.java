package dev.sotto.client.engine;

import dev.sotto.protocol.crypto.UnpaddedBase64;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;

/// A public Curve25519 key. None of these is one of the few points whose shared secret with any
/// other key is zero, which would let anybody read what is encrypted to it.
public final class Curve25519Key {
  /// Its length in bytes.
  public static final int BYTES = 32;

  private static final byte TOP_BIT = (byte) 0x80;

  /// The points of low order, in each form they can be written (two of them in two), without the
  /// top bit, which has no meaning.
  private static final Set<String> WEAK =
      Set.of(
          "0000000000000000000000000000000000000000000000000000000000000000",
          "0100000000000000000000000000000000000000000000000000000000000000",
          "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
          "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
          "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
          "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
          "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");

  private final byte[] bytes;

  private Curve25519Key(byte[] bytes) {
    this.bytes = bytes;
  }

  /// The key of these 32 bytes.
  ///
  /// @throws EngineException DAMAGED if they are not 32; WEAK_KEY if it makes no secret
  public static Curve25519Key of(byte[] bytes) throws EngineException {
    if (bytes.length != BYTES) {
      throw new EngineException(EngineException.Reason.DAMAGED);
    }
    byte[] plain = bytes.clone();
    plain[BYTES - 1] &= (byte) ~TOP_BIT;
    if (WEAK.contains(HexFormat.of().formatHex(plain))) {
      throw new EngineException(EngineException.Reason.WEAK_KEY);
    }
    return new Curve25519Key(bytes.clone());
  }

  /// The key that this base64 stands for.
  ///
  /// @throws EngineException DAMAGED if it stands for none; WEAK_KEY if it makes no secret
  public static Curve25519Key ofBase64(String base64) throws EngineException {
    return of(Texts.decode(base64));
  }

  /// A key that the engine made itself.
  static Curve25519Key made(byte[] bytes) {
    return new Curve25519Key(bytes);
  }

  public byte[] bytes() {
    return bytes.clone();
  }

  public String base64() {
    return UnpaddedBase64.encode(bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Curve25519Key key && Arrays.equals(bytes, key.bytes);
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
