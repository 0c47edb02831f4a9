package dev.sotto.homeserver.receipts;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How far one user has read one room, by public and private receipts together.
///
/// @param unthreaded the position read up to whatever the thread, or 0
/// @param threads the positions read up to by thread: `main` or the id of the root
public record ReadMarks(long unthreaded, Map<String, Long> threads) {
  /// Nothing is read.
  public static final ReadMarks NONE = new ReadMarks(0, Map.of());

  /// The thread id of what is in no thread.
  public static final String MAIN = "main";

  public ReadMarks {
    threads = Map.copyOf(threads);
  }

  /// The position up to which `thread` is read.
  public long readUpTo(String thread) {
    return Math.max(unthreaded, threads.getOrDefault(thread, 0L));
  }

  /// These marks moved forward by one receipt.
  ReadMarks with(@Nullable String thread, long position) {
    if (thread == null) {
      return position <= unthreaded ? this : new ReadMarks(position, threads);
    }
    if (position <= threads.getOrDefault(thread, 0L)) {
      return this;
    }
    Map<String, Long> moved = new HashMap<>(threads);
    moved.put(thread, position);
    return new ReadMarks(unthreaded, moved);
  }

  /// The further of both marks, thread by thread.
  ReadMarks merge(ReadMarks other) {
    ReadMarks merged = with(null, other.unthreaded);
    for (Map.Entry<String, Long> thread : other.threads.entrySet()) {
      merged = merged.with(thread.getKey(), thread.getValue());
    }
    return merged;
  }
}
