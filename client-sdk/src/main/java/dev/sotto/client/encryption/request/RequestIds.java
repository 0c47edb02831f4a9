package dev.sotto.client.encryption.request;

import java.security.SecureRandom;
import java.util.HexFormat;

/// Names requests, which serve as transaction ids as well: never the same one twice, whatever
/// process of the device it was made by. Not for several threads.
public final class RequestIds {
  private static final int PREFIX_BYTES = 8;

  private final String prefix;
  private long last;

  public RequestIds(SecureRandom random) {
    byte[] bytes = new byte[PREFIX_BYTES];
    random.nextBytes(bytes);
    prefix = HexFormat.of().formatHex(bytes) + ".";
  }

  public String next() {
    last++;
    return prefix + last;
  }
}
