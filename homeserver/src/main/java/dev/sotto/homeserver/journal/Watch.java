package dev.sotto.homeserver.journal;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Waits for news about some topics. Register first, then read, then wait: news that comes between
/// is not missed.
public final class Watch implements AutoCloseable {
  private final Watchers watchers;
  private final long[] topics;
  private volatile boolean signalled;
  private volatile @Nullable Thread waiter;

  Watch(Watchers watchers, long[] topics) {
    this.watchers = watchers;
    this.topics = topics;
  }

  /// Waits until there is news or `timeout` has passed, and says whether there is. News counts from
  /// the last time that this answered true.
  public boolean await(Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    waiter = Thread.currentThread();
    try {
      while (!signalled) {
        long left = deadline - System.nanoTime();
        if (left <= 0 || Thread.currentThread().isInterrupted()) {
          return false;
        }
        LockSupport.parkNanos(this, left);
      }
      signalled = false;
      return true;
    } finally {
      waiter = null;
    }
  }

  void signal() {
    signalled = true;
    Thread waiting = waiter;
    if (waiting != null) {
      LockSupport.unpark(waiting);
    }
  }

  long[] topics() {
    return topics;
  }

  @Override
  public void close() {
    watchers.remove(this);
  }
}
