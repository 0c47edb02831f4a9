package dev.sotto.client.engine;

import dev.sotto.protocol.crypto.VerifyKey;

/// Keys on their way into and out of the library.
final class Keys {
  private static final int ED25519_BYTES = 32;

  private static final Native CURVE_FROM_BYTES =
      Native.of("vodozemac_curve25519_public_key_from_bytes", "P(P)");
  private static final Native CURVE_TO_BYTES =
      Native.of("vodozemac_curve25519_public_key_to_bytes", "V(PP)");
  static final Native CURVE_FREE = Native.of("vodozemac_curve25519_public_key_free", "V(P)");
  private static final Native ED_TO_BYTES =
      Native.of("vodozemac_ed25519_public_key_to_bytes", "V(PP)");
  private static final Native ED_FREE = Native.of("vodozemac_ed25519_public_key_free", "V(P)");

  private Keys() {}

  /// Hands a key in for the time of the call.
  static long pass(Call call, Curve25519Key key) {
    return call.own(CURVE_FROM_BYTES.pointer(call.bytes(key.bytes())), CURVE_FREE);
  }

  /// Takes one of the engine's own keys, and releases the library's.
  static Curve25519Key take(Call call, long pointer) {
    return Curve25519Key.made(takeBytes(call, pointer));
  }

  /// Takes a key that a message held, and releases the library's.
  ///
  /// @throws EngineException WEAK_KEY if it makes no secret
  static Curve25519Key takeForeign(Call call, long pointer) throws EngineException {
    return Curve25519Key.of(takeBytes(call, pointer));
  }

  private static byte[] takeBytes(Call call, long pointer) {
    return call.read(CURVE_TO_BYTES, call.own(pointer, CURVE_FREE), Curve25519Key.BYTES);
  }

  static VerifyKey takeEd25519(Call call, long pointer) {
    return VerifyKey.of(call.read(ED_TO_BYTES, call.own(pointer, ED_FREE), ED25519_BYTES));
  }
}
