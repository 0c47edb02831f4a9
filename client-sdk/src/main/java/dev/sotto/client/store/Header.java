package dev.sotto.client.store;

import dev.sotto.client.error.StoreException;
import dev.sotto.client.error.StoreException.Reason;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.ByteArrayDataType;
import org.h2.mvstore.type.StringDataType;

/// What the file of a store says of itself, which is not sealed: its format, how its key comes from
/// a passphrase, and something that only that key opens.
final class Header {
  private static final int SALT_BYTES = 16;
  private static final int MEMORY_KIB = 64 * 1024;
  private static final int PASSES = 3;
  private static final int MAX_MEMORY_KIB = 1 << 20;
  private static final int MAX_PASSES = 100;
  private static final byte[] CHECK_PLACE = {0};
  private static final String CHECK = "check";

  private final MVMap<String, byte[]> facts;

  Header(MVStore file) {
    facts =
        file.openMap(
            "facts",
            new MVMap.Builder<String, byte[]>()
                .keyType(StringDataType.INSTANCE)
                .valueType(ByteArrayDataType.INSTANCE));
  }

  /// Whether the file is a new one.
  boolean isEmpty() {
    return facts.isEmpty();
  }

  /// Says of a new file all but [#bind].
  void begin(int format, SecureRandom random) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    setFormat(format);
    facts.put("salt", salt);
    facts.put("memory_kib", bytes(MEMORY_KIB));
    facts.put("passes", bytes(PASSES));
  }

  int format() {
    return number("format", Integer.MAX_VALUE);
  }

  void setFormat(int format) {
    facts.put("format", bytes(format));
  }

  /// What this key seals the file with, be it the right one or not.
  Seal seal(StoreKey key, SecureRandom random) {
    byte[] root =
        key.root(bytes("salt"), number("memory_kib", MAX_MEMORY_KIB), number("passes", MAX_PASSES));
    try {
      return new Seal(root, random);
    } finally {
      Arrays.fill(root, (byte) 0);
    }
  }

  /// Makes this the seal of a new file.
  void bind(Seal seal) {
    facts.put(CHECK, seal.seal(CHECK_PLACE, CHECK, new byte[0]));
  }

  /// @throws StoreException WRONG_KEY if this is not the seal of the file
  void require(Seal seal) {
    byte[] check = bytes(CHECK);
    try {
      seal.open(CHECK_PLACE, check);
    } catch (StoreException e) {
      throw new StoreException(
          Reason.WRONG_KEY, "The store was made with another passphrase or key file.", e);
    }
  }

  private static byte[] bytes(int value) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
  }

  private int number(String name, int most) {
    byte[] value = bytes(name);
    int number = value.length == Integer.BYTES ? ByteBuffer.wrap(value).getInt() : 0;
    if (number < 1 || number > most) {
      throw new StoreException(Reason.DAMAGED, "The store's '" + name + "' makes no sense.");
    }
    return number;
  }

  private byte[] bytes(String name) {
    byte[] value = facts.get(name);
    if (value == null) {
      throw new StoreException(Reason.DAMAGED, "The store has no '" + name + "'.");
    }
    return value;
  }
}
