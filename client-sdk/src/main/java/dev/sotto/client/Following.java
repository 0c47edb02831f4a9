package dev.sotto.client;

import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.error.StoreException;
import dev.sotto.client.http.Pace;
import dev.sotto.client.http.Retries;
import dev.sotto.client.session.Session;
import dev.sotto.client.session.SyncAnswer;
import dev.sotto.client.session.SyncListener;
import dev.sotto.client.session.SyncLoop;
import dev.sotto.client.session.SyncPlace;
import dev.sotto.client.session.SyncSettings;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Follows the news until it is stopped: one loop after the other, a new one where the last has
/// ended by something that passes.
final class Following {
  private final Session session;
  private final SyncPlace place;
  private final SyncListener news;
  private final Supplier<SyncSettings> settings;
  private final Calls calls;
  private final Handlers handlers;
  private final Pace pace;
  private @Nullable SyncLoop loop;
  private boolean stopped;

  // Since the last answer. Only ever changed by the thread that follows.
  private int failures;
  private int renewalsInARow;

  Following(
      Session session,
      SyncPlace place,
      SyncListener news,
      Supplier<SyncSettings> settings,
      Calls calls,
      Handlers handlers,
      Pace pace) {
    this.session = session;
    this.place = place;
    this.news = news;
    this.settings = settings;
    this.calls = calls;
    this.handlers = handlers;
    this.pace = pace;
  }

  /// @throws MatrixRequestException if the server refuses the session
  void run() {
    boolean first = true;
    while (true) {
      long seen = calls.renewals();
      SyncLoop next = next(first);
      if (next == null) {
        return;
      }
      try {
        next.run();
        if (!first || Thread.currentThread().isInterrupted()) {
          return;
        }
        first = false;
      } catch (MatrixRequestException e) {
        if (isStopped()) {
          return;
        }
        if (!calls.renew(e, seen)) {
          failures++;
          pauseAfter(e);
        } else if (renewalsInARow++ > 0) {
          // A server that takes no token for long would else be asked without a pause.
          pause(e, renewalsInARow);
        }
      } catch (IllegalStateException | StoreException e) {
        // Closing has taken the connections and the store away from under it.
        if (isStopped()) {
          return;
        }
        throw e;
      }
    }
  }

  /// Null if there is to be none. The first loop ends with its first answer, for which the server
  /// is not to wait: there may be no news, and that is to be known soon.
  private synchronized @Nullable SyncLoop next(boolean first) {
    if (stopped) {
      return null;
    }
    SyncSettings usual = settings.get();
    SyncSettings atOnce =
        new SyncSettings(
            Duration.ZERO, usual.filter(), usual.frugalFilter(), usual.presence(), usual.backOff());
    SyncLoop next =
        first
            ? session.sync(place, new Hearing(true), atOnce)
            : session.sync(place, new Hearing(false), usual);
    loop = next;
    return next;
  }

  /// Passes on what is heard.
  private final class Hearing implements SyncListener {
    private final boolean once;

    /// @param once whether the first answer is the last one
    Hearing(boolean once) {
      this.once = once;
    }

    @Override
    public void onAnswer(SyncAnswer answer) {
      news.onAnswer(answer);
      failures = 0;
      renewalsInARow = 0;
      if (once) {
        stopLoop();
      }
    }

    @Override
    public void onTrouble(MatrixRequestException failure, Duration wait) {
      news.onTrouble(failure, wait);
    }
  }

  /// Waits if the failure is one that passes: it came from within the handling of an answer, which
  /// is asked for again.
  private void pauseAfter(MatrixRequestException failure) {
    if (!Retries.isPassing(failure)) {
      throw failure;
    }
    handlers.problem(Problem.Kind.SERVER, failure);
    pause(failure, failures);
  }

  private void pause(MatrixRequestException failure, int inARow) {
    try {
      pace.pause(settings.get().backOff().backOff(inARow, pace.chance()));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw failure;
    }
  }

  private synchronized boolean isStopped() {
    return stopped;
  }

  private synchronized void stopLoop() {
    if (loop != null) {
      loop.stop();
    }
  }

  /// Ends [#run], once the answer that is in hand was dealt with.
  synchronized void stop() {
    stopped = true;
    stopLoop();
  }
}
