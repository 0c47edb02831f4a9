package dev.sotto.client;

import dev.sotto.client.session.Session;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// A client's life from its start to its end: one thread follows the news, until it is told to stop
/// or cannot go on.
final class Life {
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final Session session;
  private final Following following;
  private final Currency currency;
  private final Signals signals;
  private final Deliveries deliveries;
  private final Handlers handlers;
  private final Runnable first;
  private final Runnable last;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Object lock = new Object();
  private @Nullable Thread background;
  private @Nullable Thread runner;
  private @Nullable RuntimeException end;
  private boolean running;
  private boolean leaving;
  private boolean closed;

  /// @param first is done each time before the news are followed
  /// @param last is done when nothing is under way any more
  Life(
      Session session,
      Following following,
      Currency currency,
      Signals signals,
      Deliveries deliveries,
      Handlers handlers,
      Runnable first,
      Runnable last) {
    this.session = session;
    this.following = following;
    this.currency = currency;
    this.signals = signals;
    this.deliveries = deliveries;
    this.handlers = handlers;
    this.first = first;
    this.last = last;
  }

  void start() {
    synchronized (lock) {
      if (background == null && !running) {
        background = Thread.ofVirtual().name("sotto sync").start(this::runToEnd);
      }
    }
  }

  private void runToEnd() {
    try {
      run();
    } catch (RuntimeException e) {
      handlers.problem(Problem.Kind.SERVER, e);
    }
  }

  void run() {
    synchronized (lock) {
      if (closed) {
        throw new IllegalStateException("This client has been closed.");
      }
      if (running) {
        throw new IllegalStateException("This client follows the news already.");
      }
      running = true;
      runner = Thread.currentThread();
    }
    currency.begin();
    try {
      first.run();
      following.run();
    } catch (RuntimeException e) {
      synchronized (lock) {
        if (leaving) {
          // That the server does not know the session any more is what was asked for.
          return;
        }
        end = e;
      }
      throw e;
    } finally {
      currency.end();
      synchronized (lock) {
        running = false;
        runner = null;
        lock.notifyAll();
      }
      signals.over();
    }
  }

  boolean isClosed() {
    synchronized (lock) {
      return closed;
    }
  }

  void awaitFirstSync() throws InterruptedException {
    boolean caughtUp =
        signals.awaitCaughtUp(
            () -> {
              synchronized (lock) {
                return closed || end != null;
              }
            });
    synchronized (lock) {
      if (!caughtUp && end != null) {
        throw end;
      }
    }
  }

  /// Stops, and waits until all is put away. A handler's own thread does not wait: the rest is done
  /// when the handler has returned.
  void close() {
    boolean first;
    synchronized (lock) {
      first = !closed;
      closed = true;
    }
    if (first) {
      following.stop();
      signals.over();
      Thread.ofVirtual().name("sotto close").start(this::putAway);
    }
    if (!deliveries.isOwnThread() && !isOwnThread()) {
      awaitEnd();
    }
  }

  private boolean isOwnThread() {
    synchronized (lock) {
      return Thread.currentThread().equals(runner);
    }
  }

  private void awaitEnd() {
    try {
      ended.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void putAway() {
    try {
      awaitEndOfLoop();
      deliveries.close(GRACE);
      last.run();
    } finally {
      ended.countDown();
    }
  }

  private void awaitEndOfLoop() {
    long until = System.nanoTime() + GRACE.toNanos();
    synchronized (lock) {
      try {
        long left = until - System.nanoTime();
        while (running && left > 0) {
          lock.wait(Math.max(1, left / 1_000_000));
          left = until - System.nanoTime();
        }
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// Ends the session at the server as well.
  void logout() {
    leaving(true);
    try {
      session.logout();
    } catch (RuntimeException e) {
      leaving(false);
      throw e;
    }
    close();
  }

  private void leaving(boolean now) {
    synchronized (lock) {
      leaving = now;
    }
  }
}
