package dev.sotto.client;

import dev.sotto.client.error.StoreException;
import dev.sotto.client.store.Change;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.client.store.Shelf;
import dev.sotto.protocol.id.RoomId;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Names what is sent: by its name the server knows a repeated request.
final class Transactions {
  private static final int PREFIX_BYTES = 8;
  private static final int KEY_BYTES = 32;
  private static final String MAC = "HmacSHA256";
  private static final String GROUP = "transactions";
  private static final String KEY = "key";

  private final CryptoStore store;
  private final SecureRandom random;
  private final String prefix;
  private final AtomicLong last = new AtomicLong();

  Transactions(CryptoStore store, SecureRandom random) {
    this.store = store;
    this.random = random;
    byte[] bytes = new byte[PREFIX_BYTES];
    random.nextBytes(bytes);
    prefix = "s" + HexFormat.of().formatHex(bytes) + ".";
  }

  /// The same for the same name in the same room, in every process of the device. Servers differ in
  /// whether a room has names of its own, so the room is in it. Names may be long, and may tell
  /// something of what is encrypted: whoever does not have the device's key cannot find out which
  /// it was, not even by trying out all that it could be.
  ///
  /// @throws StoreException if the key cannot be read or kept
  synchronized String named(RoomId room, String name) {
    byte[] key = store.get(Shelf.SECRETS, GROUP, KEY).orElseGet(this::makeKey);
    try {
      Mac mac = Mac.getInstance(MAC);
      mac.init(new SecretKeySpec(key, MAC));
      byte[] code = mac.doFinal((room.value() + " " + name).getBytes(StandardCharsets.UTF_8));
      return "n" + HexFormat.of().formatHex(code);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HMAC-SHA-256", e);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /// A key that is kept before anything is named with it.
  private byte[] makeKey() {
    byte[] key = new byte[KEY_BYTES];
    random.nextBytes(key);
    store.apply(List.of(new Change.Put(Shelf.SECRETS, GROUP, KEY, key.clone())));
    return key;
  }

  String next() {
    return prefix + last.incrementAndGet();
  }
}
