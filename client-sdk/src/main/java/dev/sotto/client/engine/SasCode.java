package dev.sotto.client.engine;

import java.util.ArrayList;
import java.util.List;

/// Six bytes that both sides of a verification have, in the forms in which people compare them.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#sas-method-emoji
public record SasCode(List<Integer> emoji, List<Integer> decimals) {
  static final int BYTES = 6;

  private static final int EMOJI = 7;
  private static final int EMOJI_BITS = 6;
  private static final int DECIMALS = 3;
  private static final int DECIMAL_BITS = 13;
  private static final int LOWEST_DECIMAL = 1000;

  /// @param emoji seven numbers from 0 to 63, which the specification's table names
  /// @param decimals three numbers from 1000 to 9191
  public SasCode {
    emoji = List.copyOf(emoji);
    decimals = List.copyOf(decimals);
  }

  /// @param bytes the six bytes
  SasCode(byte[] bytes) {
    this(
        groups(bytes, EMOJI, EMOJI_BITS, 0), groups(bytes, DECIMALS, DECIMAL_BITS, LOWEST_DECIMAL));
  }

  /// The first bits, in groups, the highest first.
  private static List<Integer> groups(byte[] bytes, int count, int bits, int add) {
    long all = 0;
    for (byte b : bytes) {
      all = all << Byte.SIZE | Byte.toUnsignedLong(b);
    }
    List<Integer> groups = new ArrayList<>(count);
    for (int i = 1; i <= count; i++) {
      long group = all >>> BYTES * Byte.SIZE - i * bits & (1 << bits) - 1;
      groups.add((int) group + add);
    }
    return groups;
  }
}
