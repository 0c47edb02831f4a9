package dev.sotto.client;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Whether it is known who is in the rooms and which devices they have as of now. What an earlier
/// run of the program has kept is outdated: who has left since then must not read on, and who has
/// come is to read.
///
/// A client that follows the news knows it from the first answer on. One that does not follow them
/// has to ask anew, from time to time.
final class Currency {
  private static final Duration VALID = Duration.ofMinutes(5);

  private final InstantSource clock;
  private final Duration patience;
  private final Runnable outdate;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private @Nullable Thread follower;
  private boolean answered;
  private @Nullable Instant outdated;

  /// @param patience how long the first answer is waited for
  /// @param outdate makes members and devices be asked for when they are needed next
  Currency(InstantSource clock, Duration patience, Runnable outdate) {
    this.clock = clock;
    this.patience = patience;
    this.outdate = outdate;
  }

  /// From here on this thread follows the news.
  void begin() {
    lock.lock();
    try {
      follower = Thread.currentThread();
      answered = false;
    } finally {
      lock.unlock();
    }
  }

  /// What an answer says of members and devices was taken up.
  void answered() {
    lock.lock();
    try {
      answered = true;
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// The news are not followed any more.
  void end() {
    lock.lock();
    try {
      follower = null;
      answered = false;
      // Heard of until now.
      outdated = null;
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Whether the news are followed and have said how things are.
  boolean isCurrent() {
    lock.lock();
    try {
      return answered;
    } finally {
      lock.unlock();
    }
  }

  /// To be called before something is encrypted.
  ///
  /// @throws IllegalStateException if it is not known by then
  void require() {
    if (!refresh()) {
      throw new IllegalStateException(
          "The message was not sent: the server has not said yet who is in the room now.");
    }
  }

  /// Waits for the first answer where one is to come.
  ///
  /// @return false if it does not come
  boolean refresh() {
    lock.lock();
    try {
      if (!Thread.currentThread().equals(follower) && !isValid() && !await()) {
        return false;
      }
      askAnew();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// As [#require] for those for whom the news may have to wait: does not wait, but asks anew.
  void requireAtOnce() {
    lock.lock();
    try {
      askAnew();
    } finally {
      lock.unlock();
    }
  }

  private boolean await() {
    long left = patience.toNanos();
    try {
      while (follower != null && !answered && left > 0) {
        left = moved.awaitNanos(left);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      left = 0;
    }
    return follower == null || answered;
  }

  private void askAnew() {
    if (!answered && !isValid()) {
      outdate.run();
      outdated = clock.instant();
    }
  }

  private boolean isValid() {
    Instant last = outdated;
    return last != null && clock.instant().isBefore(last.plus(VALID));
  }
}
