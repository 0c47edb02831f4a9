package dev.sotto.client;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;

/// Names what is sent, never twice the same: by its name the server knows a repeated request.
final class Transactions {
  private static final int PREFIX_BYTES = 8;

  private final String prefix;
  private final AtomicLong last = new AtomicLong();

  Transactions(SecureRandom random) {
    byte[] bytes = new byte[PREFIX_BYTES];
    random.nextBytes(bytes);
    prefix = "s" + HexFormat.of().formatHex(bytes) + ".";
  }

  String next() {
    return prefix + last.incrementAndGet();
  }
}
