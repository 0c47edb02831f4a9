package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.backup.BackedUpKey;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The keys of a backup as JSON, read from the database page by page while they are sent, so that
/// no more than one page of a large backup is in memory.
final class KeyBackupStream extends InputStream {
  static final int PAGE = 500;

  private final boolean byRoom;
  private final Function<@Nullable BackedUpKey, List<BackedUpKey>> pages;
  private byte[] written = {};
  private int read;
  private @Nullable BackedUpKey last;
  private boolean ended;

  /// Reads the first page.
  ///
  /// @param byRoom whether the answer is of all rooms, and not of one
  /// @param pages the next keys after one, [#PAGE] of them as long as there are so many
  KeyBackupStream(boolean byRoom, Function<@Nullable BackedUpKey, List<BackedUpKey>> pages) {
    this.byRoom = byRoom;
    this.pages = pages;
    turn();
  }

  boolean isOnePage() {
    return ended;
  }

  private void turn() {
    ByteArrayOutputStream out = new ByteArrayOutputStream(64 * 1024);
    if (last == null) {
      put(out, byRoom ? "{\"rooms\":{" : "{\"sessions\":{");
    }
    List<BackedUpKey> keys = next();
    for (BackedUpKey key : keys) {
      put(out, key);
      last = key;
    }
    if (keys.size() < PAGE) {
      ended = true;
      put(out, byRoom && last != null ? "}}}}" : "}}");
    }
    written = out.toByteArray();
    read = 0;
  }

  private List<BackedUpKey> next() {
    try {
      return pages.apply(last);
    } catch (MatrixException e) {
      if (last == null) {
        throw e;
      }
      // It was deleted after it was begun to be sent: it has no more keys.
      return List.of();
    }
  }

  private void put(ByteArrayOutputStream out, BackedUpKey key) {
    RoomId before = last == null ? null : last.room();
    if (byRoom && !key.room().equals(before)) {
      put(out, before == null ? "" : "}},");
      out.writeBytes(Json.bytes(key.room().value()));
      put(out, ":{\"sessions\":{");
    } else if (before != null) {
      put(out, ",");
    }
    out.writeBytes(Json.bytes(key.session()));
    put(out, ":");
    out.writeBytes(json(key));
  }

  /// One key as the API shows it; what a client has encrypted is spliced in as it is.
  static byte[] json(BackedUpKey key) {
    return ("{\"first_message_index\":"
            + key.firstMessageIndex()
            + ",\"forwarded_count\":"
            + key.forwardedCount()
            + ",\"is_verified\":"
            + key.verified()
            + ",\"session_data\":"
            + key.sessionData()
            + "}")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static void put(ByteArrayOutputStream out, String text) {
    out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] into, int offset, int length) {
    if (length == 0) {
      return 0;
    }
    while (read == written.length) {
      if (ended) {
        return -1;
      }
      turn();
    }
    int count = Math.min(length, written.length - read);
    System.arraycopy(written, read, into, offset, count);
    read += count;
    return count;
  }

  @Override
  public byte[] readAllBytes() {
    if (!ended || read > 0) {
      throw new IllegalStateException("this is more than one page");
    }
    read = written.length;
    return written;
  }
}
