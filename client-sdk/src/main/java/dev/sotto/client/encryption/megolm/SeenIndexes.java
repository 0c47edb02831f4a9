package dev.sotto.client.encryption.megolm;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sotto.client.memory.Recent;
import dev.sotto.client.store.Change;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.client.store.Shelf;
import dev.sotto.protocol.crypto.Sha256;
import dev.sotto.protocol.id.EventId;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;

/// Remembers for ever which event used which index of a session, so that none is used by another.
///
/// Of an event half a SHA-256 of its id and time is kept: 16 bytes, in blocks of 64 indexes. So a
/// message costs one write of a kilobyte, and a read only where a block begins to be used.
final class SeenIndexes {
  private static final int PER_BLOCK = 64;
  private static final int MARK = 16;
  private static final byte[] FREE = new byte[MARK];
  private static final int CACHED = 500;

  private final CryptoStore store;
  private final Recent<Block, byte[]> cache = new Recent<>(CACHED);

  private record Block(String group, String name) {}

  SeenIndexes(CryptoStore store) {
    this.store = store;
  }

  /// Takes an index for an event, unless another has it.
  ///
  /// @return whether it is this event's
  boolean take(SessionName session, long index, EventId event, long time) {
    Block name = new Block(session.toString(), Long.toString(index / PER_BLOCK));
    byte[] block = read(name);
    int from = (int) (index % PER_BLOCK) * MARK;
    byte[] mark = mark(event, time);
    if (Arrays.equals(block, from, from + MARK, FREE, 0, MARK)) {
      byte[] marked = block.clone();
      System.arraycopy(mark, 0, marked, from, MARK);
      store.apply(List.of(new Change.Put(Shelf.SEEN_INDEXES, name.group, name.name, marked)));
      cache.put(name, marked);
      return true;
    }
    return Arrays.equals(block, from, from + MARK, mark, 0, MARK);
  }

  private byte[] read(Block name) {
    byte[] cached = cache.get(name);
    if (cached != null) {
      return cached;
    }
    byte[] block =
        store
            .get(Shelf.SEEN_INDEXES, name.group, name.name)
            .orElseGet(() -> new byte[PER_BLOCK * MARK]);
    cache.put(name, block);
    return block;
  }

  private static byte[] mark(EventId event, long time) {
    MessageDigest digest = Sha256.begin();
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(time).flip());
    return Arrays.copyOf(digest.digest(event.value().getBytes(UTF_8)), MARK);
  }
}
