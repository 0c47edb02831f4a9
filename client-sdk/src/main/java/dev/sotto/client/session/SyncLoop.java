package dev.sotto.client.session;

import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.error.MatrixRequestException.Kind;
import dev.sotto.client.http.Pace;
import dev.sotto.client.http.Request;
import dev.sotto.client.http.Requests;
import dev.sotto.client.http.Retries;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Asks for the news of a session, hands each answer to a listener and keeps the place after it,
/// over and over.
///
/// It goes on by itself after failures that may pass. It ends when it is stopped or its thread is
/// interrupted, and with an exception when the server refuses the session, or the listener or the
/// place fails; [#run] then starts again at the last place that was kept.
public final class SyncLoop {
  private static final Duration LEAST_WAIT = Duration.ofSeconds(1);

  private final Requests requests;
  private final SyncPlace place;
  private final SyncListener listener;
  private final SyncSettings settings;
  private final Pace pace;
  private final Object lock = new Object();
  private @Nullable Thread runner;
  private boolean waiting;
  private volatile boolean answered;
  private boolean frugal;
  private boolean stopped;

  SyncLoop(
      Requests requests, SyncPlace place, SyncListener listener, SyncSettings settings, Pace pace) {
    this.requests = requests;
    this.place = place;
    this.listener = listener;
    this.settings = settings;
    this.pace = pace;
  }

  /// Runs on this thread until it is stopped.
  ///
  /// @throws MatrixRequestException if the server refuses the session, for example because it is
  ///   logged out, or answers with more than is read though it was asked for less
  /// @throws IllegalStateException if it runs already
  public void run() {
    begin();
    try {
      int failures = 0;
      while (isWanted()) {
        failures = turn(failures);
      }
    } finally {
      end();
    }
  }

  /// One request and what follows from it; gives how many have failed in a row.
  private int turn(int failures) {
    String since = place.since();
    Instant asked = pace.now();
    // After a failure it is asked for what there is, to know soon that the server is back; so it is
    // when a session is carried on, since its user waits to see how things stand.
    boolean waits = failures == 0 && (answered || since == null);
    SyncAnswer answer;
    try {
      Request request = request(since, waits ? settings.hold() : Duration.ZERO);
      answer = waiting(() -> requests.send(request, SyncAnswer::of));
    } catch (MatrixRequestException e) {
      return fail(e, failures + 1);
    }
    if (answer == null) {
      return 0;
    }
    answered = true;
    frugal = false;
    listener.onAnswer(answer);
    place.keep(answer.nextBatch());
    if (waits && answer.nextBatch().equals(since)) {
      calm(Duration.between(asked, pace.now()));
    }
    return 0;
  }

  private Request request(@Nullable String since, Duration wait) {
    Request request =
        Request.get("/_matrix/client/v3/sync")
            .once()
            .query("timeout", Long.toString(wait.toMillis()))
            .limit(SyncSettings.LIMIT_BYTES)
            .timeout(since == null ? SyncSettings.FIRST : wait.plus(SyncSettings.GRACE));
    if (since != null) {
      request = request.query("since", since);
    }
    String filter = frugal ? settings.frugalFilter() : settings.filter();
    if (filter != null) {
      request = request.query("filter", filter);
    }
    Optional<String> presence = settings.presence().get();
    return presence.isEmpty() ? request : request.query("set_presence", presence.get());
  }

  private int fail(MatrixRequestException failure, int failures) {
    if (failure.kind() == Kind.TOO_LARGE && !frugal && settings.frugalFilter() != null) {
      // Strangers decide how much there is. It would be as much the next time.
      frugal = true;
      listener.onTrouble(failure, Duration.ZERO);
      return failures;
    }
    if (!isPassing(failure)) {
      throw failure;
    }
    Duration backOff = settings.backOff().backOff(failures, pace.chance());
    Duration wait =
        failure.retryAfter().filter(asked -> asked.compareTo(backOff) > 0).orElse(backOff);
    listener.onTrouble(failure, wait);
    pause(wait);
    return failures;
  }

  /// What a proxy says in the server's place, without an error code or without JSON, passes too.
  private static boolean isPassing(MatrixRequestException failure) {
    return Retries.isPassing(failure)
        || failure.kind() == Kind.GARBLED
        || failure.kind() == Kind.UNTRUSTED
        || (failure.kind() == Kind.REFUSED && failure.errcode().isEmpty());
  }

  /// A server that has no news and yet answers at once would else be asked without a pause.
  private void calm(Duration taken) {
    if (taken.compareTo(settings.hold().dividedBy(2)) < 0) {
      pause(LEAST_WAIT);
    }
  }

  private void pause(Duration wait) {
    waiting(
        () -> {
          pace.pause(wait);
          return wait;
        });
  }

  private interface Waiting<T> {
    T await() throws InterruptedException;
  }

  /// Runs what [#stop] may interrupt; null if it was, or if the thread is to end.
  private <T> @Nullable T waiting(Waiting<T> work) {
    synchronized (lock) {
      if (stopped) {
        return null;
      }
      waiting = true;
    }
    try {
      return work.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return null;
    } catch (MatrixRequestException | IllegalStateException e) {
      // Whoever stops the loop may close the connections at the same time.
      if (isStopped() || isInterruption(e)) {
        return null;
      }
      throw e;
    } finally {
      settle();
    }
  }

  /// From here on nothing interrupts this thread in our name; an interrupt that [#stop] has caused
  /// is taken back, one from elsewhere stays and ends the loop.
  private void settle() {
    synchronized (lock) {
      waiting = false;
      if (stopped) {
        Thread.interrupted();
      }
    }
  }

  private static boolean isInterruption(RuntimeException failure) {
    return failure instanceof MatrixRequestException request && request.kind() == Kind.INTERRUPTED;
  }

  private boolean isWanted() {
    return !isStopped() && !Thread.currentThread().isInterrupted();
  }

  private boolean isStopped() {
    synchronized (lock) {
      return stopped;
    }
  }

  private void begin() {
    synchronized (lock) {
      if (runner != null) {
        throw new IllegalStateException("This loop runs already.");
      }
      runner = Thread.currentThread();
    }
  }

  private void end() {
    synchronized (lock) {
      runner = null;
    }
  }

  /// Ends [#run]: at once if it waits for the server, else when the listener has returned. The
  /// answer that the listener has in hand is dealt with to its end. A stopped loop stays stopped.
  public void stop() {
    synchronized (lock) {
      stopped = true;
      if (waiting && runner != null) {
        runner.interrupt();
      }
    }
  }
}
