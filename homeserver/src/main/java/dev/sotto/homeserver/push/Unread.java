package dev.sotto.homeserver.push;

import java.util.Map;

/// How much of a room a user has not read.
///
/// @param main what is in no thread
/// @param threads what is in threads, by the id of the root; only threads with something unread
public record Unread(Count main, Map<String, Count> threads) {
  /// Nothing is unread.
  public static final Unread NONE = new Unread(Count.NONE, Map.of());

  /// Numbers of events.
  ///
  /// @param notifications of which the user is to be told
  /// @param highlights those among them that stand out
  public record Count(int notifications, int highlights) {
    static final Count NONE = new Count(0, 0);

    Count plus(Count other) {
      return new Count(notifications + other.notifications, highlights + other.highlights);
    }
  }

  public Unread {
    threads = Map.copyOf(threads);
  }

  /// The counts of the main timeline and all threads together, for clients that know no threads.
  public Count total() {
    Count total = main;
    for (Count thread : threads.values()) {
      total = total.plus(thread);
    }
    return total;
  }
}
