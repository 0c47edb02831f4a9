package dev.sotto.client.engine;

import dev.sotto.client.engine.MegolmKey.Format;
import java.util.Arrays;

/// Messages and keys of Megolm on their way into and out of the library.
final class Megolm {
  private static final Native CONFIG =
      Native.of("vodozemac_megolm_session_config_version_1", "P()");
  private static final Native CONFIG_FREE =
      Native.of("vodozemac_megolm_session_config_free", "V(P)");
  private static final Native MESSAGE_FROM_BYTES =
      Native.of("vodozemac_megolm_message_from_bytes", "V(PPI)");
  private static final Native MESSAGE_TO_BYTES =
      Native.of("vodozemac_megolm_message_to_bytes", "V(PP)");
  private static final Native MESSAGE_FREE = Native.of("vodozemac_megolm_message_free", "V(P)");

  private Megolm() {}

  /// The functions for a format of keys.
  private record KeyFunctions(Native fromBytes, Native toBytes, Native free) {
    private static final KeyFunctions SHARED = of("session_key");
    private static final KeyFunctions EXPORTED = of("exported_session_key");

    private static KeyFunctions of(String name) {
      String prefix = "vodozemac_megolm_" + name;
      return new KeyFunctions(
          Native.of(prefix + "_from_bytes", "V(PPI)"),
          Native.of(prefix + "_to_bytes", "V(PP)"),
          Native.of(prefix + "_free", "V(P)"));
    }

    static KeyFunctions of(Format format) {
      return switch (format) {
        case SHARED -> SHARED;
        case EXPORTED -> EXPORTED;
      };
    }
  }

  /// Matrix knows the first version only.
  static long config(Call call) {
    return call.own(CONFIG.pointer(), CONFIG_FREE);
  }

  /// Hands a message in for the time of the call.
  ///
  /// @throws EngineException DAMAGED if it is none
  static long pass(Call call, MegolmMessage message) throws EngineException {
    byte[] bytes = Texts.requireSize(message.bytes());
    MESSAGE_FROM_BYTES.run(call.out(), call.bytes(bytes), bytes.length);
    call.check();
    return call.own(call.slot(1), MESSAGE_FREE);
  }

  static MegolmMessage takeMessage(Call call, long pointer) {
    MESSAGE_TO_BYTES.run(call.out(), call.own(pointer, MESSAGE_FREE));
    return MegolmMessage.of(call.take(0));
  }

  /// Hands a key in for the time of the call.
  ///
  /// @throws EngineException DAMAGED, BAD_SIGNATURE
  static long pass(Call call, MegolmKey key) throws EngineException {
    KeyFunctions functions = KeyFunctions.of(key.format());
    functions.fromBytes.run(call.out(), call.secret(key), key.format().bytes());
    call.check();
    return call.own(call.slot(1), functions.free);
  }

  static MegolmKey takeKey(Call call, Format format, long pointer) {
    KeyFunctions functions = KeyFunctions.of(format);
    functions.toBytes.run(call.out(), call.own(pointer, functions.free));
    byte[] bytes = call.take(0);
    try {
      return MegolmKey.made(format, bytes);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }
}
