package dev.sotto.homeserver.journal;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;

/// The newest rows, kept in memory so that most readers learn what changed without a query.
final class Recent {
  private static final int CAPACITY = 1 << 14;

  private final AtomicReferenceArray<Row> ring = new AtomicReferenceArray<>(CAPACITY);

  void add(Row row) {
    ring.set((int) (row.position() & CAPACITY - 1), row);
  }

  /// Feeds the rows of (from, to] to `reader`; false if some of them are no longer here, after
  /// which what was read does not count.
  boolean read(long from, long to, Consumer<Row> reader) {
    if (to - from > CAPACITY) {
      return false;
    }
    for (long position = from + 1; position <= to; position++) {
      Row row = ring.get((int) (position & CAPACITY - 1));
      if (row == null || row.position() != position) {
        return false;
      }
      reader.accept(row);
    }
    return true;
  }
}
