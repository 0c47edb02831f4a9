package dev.sotto.client.encryption.secrets;

import dev.sotto.client.encryption.secrets.SecretStorageException.Reason;
import dev.sotto.client.memory.Secret;
import java.util.Arrays;

/// Writes a key down for people, and reads what they typed.
///
/// @spec https://spec.matrix.org/v1.19/appendices/#cryptographic-key-representation
public final class RecoveryKey {
  private static final byte[] PREFIX = {(byte) 0x8b, 0x01};
  private static final int KEY_BYTES = 32;
  private static final int ALL_BYTES = PREFIX.length + KEY_BYTES + 1;
  private static final int LETTERS = 48;
  private static final int GROUP = 4;
  private static final String START = "Es";
  private static final int TYPOS = 4;

  /// More than anybody would type.
  private static final int MAX_LENGTH = 1000;

  private RecoveryKey() {}

  /// The 48 letters and digits, in groups of four, that stand for a key of 32 bytes.
  public static String write(Secret key) {
    byte[] bytes = key.bytes();
    if (bytes.length != KEY_BYTES) {
      throw new IllegalArgumentException("a recovery key stands for 32 bytes");
    }
    byte[] all = Arrays.copyOf(PREFIX, ALL_BYTES);
    System.arraycopy(bytes, 0, all, PREFIX.length, KEY_BYTES);
    all[ALL_BYTES - 1] = parity(all);
    String letters = Base58.encode(all);
    Arrays.fill(bytes, (byte) 0);
    Arrays.fill(all, (byte) 0);
    StringBuilder groups = new StringBuilder();
    for (int i = 0; i < letters.length(); i++) {
      groups.append(i > 0 && i % GROUP == 0 ? " " : "").append(letters.charAt(i));
    }
    return groups.toString();
  }

  /// The 32 bytes that the text stands for, wherever it has spaces; the caller wipes them.
  ///
  /// @throws SecretStorageException NO_RECOVERY_KEY, with a message for whoever typed it
  public static byte[] read(String text) throws SecretStorageException {
    CharSequence letters = letters(text);
    for (int i = 0; i < letters.length(); i++) {
      if (Base58.digit(letters.charAt(i)) < 0) {
        throw wrong(
            "The character at place "
                + (i + 1)
                + " (without spaces) is never part of a recovery key. There are only letters and"
                + " digits in it, and no 0, O, I or l, which are easily mixed up.");
      }
    }
    if (letters.length() != LETTERS) {
      throw wrong(
          "A recovery key has "
              + LETTERS
              + " letters and digits; this has "
              + (text.length() > MAX_LENGTH ? "far more" : letters.length())
              + ".");
    }
    byte[] all = Base58.decode(letters, ALL_BYTES);
    try {
      if (all.length != ALL_BYTES || !Arrays.equals(Arrays.copyOf(all, 2), PREFIX)) {
        throw wrong(
            "This is no recovery key, or its first letters are wrong: it begins with '"
                + START
                + "'.");
      }
      if (parity(all) != 0) {
        throw wrong("There is a typo somewhere in the recovery key.");
      }
      return Arrays.copyOfRange(all, PREFIX.length, PREFIX.length + KEY_BYTES);
    } finally {
      Arrays.fill(all, (byte) 0);
    }
  }

  /// What was typed, without spaces.
  private static CharSequence letters(String text) {
    StringBuilder letters = new StringBuilder();
    // Only so much of it that it is clear that it is too long.
    text.chars()
        .limit(MAX_LENGTH)
        .filter(c -> !Character.isWhitespace(c) && !Character.isSpaceChar(c))
        .forEach(c -> letters.append((char) c));
    return letters;
  }

  /// Whether somebody has tried to type a recovery key, and no passphrase.
  static boolean looksLikeOne(String text) {
    CharSequence letters = letters(text);
    return letters.toString().startsWith(START) && Math.abs(letters.length() - LETTERS) <= TYPOS;
  }

  private static SecretStorageException wrong(String message) {
    return new SecretStorageException(Reason.NO_RECOVERY_KEY, message);
  }

  private static byte parity(byte[] bytes) {
    byte parity = 0;
    for (byte b : bytes) {
      parity ^= b;
    }
    return parity;
  }
}
