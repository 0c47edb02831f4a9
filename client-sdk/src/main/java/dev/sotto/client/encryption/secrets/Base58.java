package dev.sotto.client.encryption.secrets;

import java.util.Arrays;

/// Base58: a number written with 58 digits that are not mixed up easily.
final class Base58 {
  private static final String DIGITS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  private static final int RADIX = 58;

  private Base58() {}

  /// The value of a digit; -1 if it is none.
  static int digit(char c) {
    return DIGITS.indexOf(c);
  }

  /// Of a number whose first byte is not zero.
  static String encode(byte[] number) {
    byte[] rest = number.clone();
    StringBuilder reversed = new StringBuilder();
    for (int start = 0; start < rest.length; ) {
      int remainder = 0;
      for (int i = start; i < rest.length; i++) {
        int value = (remainder << Byte.SIZE) + Byte.toUnsignedInt(rest[i]);
        rest[i] = (byte) (value / RADIX);
        remainder = value % RADIX;
      }
      reversed.append(DIGITS.charAt(remainder));
      while (start < rest.length && rest[start] == 0) {
        start++;
      }
    }
    return reversed.reverse().toString();
  }

  /// The number that the digits stand for, filled up with zeros in front; empty if it needs more
  /// than `length` bytes.
  static byte[] decode(CharSequence digits, int length) {
    byte[] number = new byte[length];
    for (int i = 0; i < digits.length(); i++) {
      int carry = digit(digits.charAt(i));
      for (int j = length - 1; j >= 0; j--) {
        int value = Byte.toUnsignedInt(number[j]) * RADIX + carry;
        number[j] = (byte) value;
        carry = value >> Byte.SIZE;
      }
      if (carry != 0) {
        Arrays.fill(number, (byte) 0);
        return new byte[0];
      }
    }
    return number;
  }
}
