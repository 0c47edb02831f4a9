package dev.sotto.homeserver.journal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// A change on its way to disk.
public final class Pending<T> {
  private final CompletableFuture<T> future;

  Pending(CompletableFuture<T> future) {
    this.future = future;
  }

  /// Waits until the change is on disk and published; throws what the change threw.
  public T await() {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new JournalException("a change failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new JournalException("interrupted while waiting for a change", e);
    }
  }
}
