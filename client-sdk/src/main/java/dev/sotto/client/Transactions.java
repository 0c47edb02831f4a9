package dev.sotto.client;

import dev.sotto.protocol.crypto.Sha256;
import dev.sotto.protocol.id.RoomId;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;

/// Names what is sent: by its name the server knows a repeated request.
final class Transactions {
  private static final int PREFIX_BYTES = 8;

  private final String prefix;
  private final AtomicLong last = new AtomicLong();

  Transactions(SecureRandom random) {
    byte[] bytes = new byte[PREFIX_BYTES];
    random.nextBytes(bytes);
    prefix = "s" + HexFormat.of().formatHex(bytes) + ".";
  }

  /// The same for the same name in the same room, in every process of the device. Servers differ in
  /// whether a room has names of its own, so the room is in it; and names may be long or tell
  /// something, so it is a hash.
  static String named(RoomId room, String name) {
    return "n" + HexFormat.of().formatHex(Sha256.of(room.value() + " " + name));
  }

  String next() {
    return prefix + last.incrementAndGet();
  }
}
