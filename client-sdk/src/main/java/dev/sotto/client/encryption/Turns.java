package dev.sotto.client.encryption;

import dev.sotto.client.store.StagedStore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// Lets one caller into the machine at a time, and keeps all that a call has changed before it
/// returns: nothing leaves the machine that is not in the store.
final class Turns {
  private final ReentrantLock lock = new ReentrantLock();
  private final StagedStore store;
  private boolean spoilt;
  private boolean closed;

  Turns(StagedStore store) {
    this.store = store;
  }

  /// Does the work of one call.
  ///
  /// @throws IllegalStateException if the machine is closed, or a call before this one could not be
  ///   kept: what is in memory is ahead of the store then, and must not be used
  <T> T take(Supplier<T> work) {
    lock.lock();
    try {
      requireUsable();
      spoilt = true;
      T outcome = work.get();
      store.commit();
      spoilt = false;
      return outcome;
    } finally {
      // A caller's mistake that is found before anything was changed does no harm.
      spoilt &= store.hasChanges();
      lock.unlock();
    }
  }

  void run(Runnable work) {
    take(
        () -> {
          work.run();
          return true;
        });
  }

  private void requireUsable() {
    if (closed) {
      throw new IllegalStateException("The machine is closed.");
    }
    if (spoilt) {
      throw new IllegalStateException(
          "The machine could not keep its state in the store; it has to be opened again.");
    }
  }

  /// Ends all turns; the last thing that is done is `end`. The store stays open.
  void close(Runnable end) {
    lock.lock();
    try {
      if (!closed) {
        closed = true;
        end.run();
      }
    } finally {
      lock.unlock();
    }
  }
}
