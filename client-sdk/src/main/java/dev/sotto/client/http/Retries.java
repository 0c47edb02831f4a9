package dev.sotto.client.http;

import dev.sotto.client.error.MatrixRequestException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How often a request is tried, and how long it is waited in between.
///
/// @param tries the first one included
/// @param first the wait after the first failure; it doubles with each further one
/// @param longest what the doubling stops at
/// @param longestRateLimit the longest wait that a server may ask for; a request that would have to
///   wait longer fails at once, and its exception says how long
public record Retries(int tries, Duration first, Duration longest, Duration longestRateLimit) {
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int MOST_DOUBLINGS = 20;

  public Retries {
    if (tries < 1 || !first.isPositive() || longest.compareTo(first) < 0) {
      throw new IllegalArgumentException("Retries need one try and growing waits.");
    }
  }

  /// Five tries within about a quarter of a minute; rate limits of up to two minutes.
  public static Retries usual() {
    return new Retries(5, Duration.ofSeconds(1), Duration.ofSeconds(30), Duration.ofMinutes(2));
  }

  /// The wait after failure number `failures` in a row (from 1), somewhere in the upper half of
  /// what the doubling gives, so that clients who failed together do not come back together.
  public Duration backOff(int failures, double chance) {
    Duration doubled = first.multipliedBy(1L << Math.min(failures - 1, MOST_DOUBLINGS));
    Duration full = doubled.compareTo(longest) > 0 ? longest : doubled;
    return Duration.ofNanos((long) (full.toNanos() * (0.5 + chance / 2)));
  }

  /// How long to wait before `request` is sent again after its try number `tried`; null if it must
  /// not be.
  @Nullable Duration waitBeforeNext(
      Request request, MatrixRequestException failure, int tried, double chance) {
    if (tried >= tries || !mayRepeat(request, failure)) {
      return null;
    }
    Duration asked = failure.retryAfter().orElse(null);
    if (asked == null) {
      return backOff(tried, chance);
    }
    return asked.compareTo(longestRateLimit) > 0 ? null : asked;
  }

  private static boolean mayRepeat(Request request, MatrixRequestException failure) {
    return switch (request.repeat()) {
      case NEVER -> false;
      // What was refused for its rate has had no effect, so even a POST may come again.
      case IF_RATE_LIMITED -> failure.status() == TOO_MANY_REQUESTS;
      case ALWAYS -> isPassing(failure);
    };
  }

  /// Whether the same request could succeed a little later.
  public static boolean isPassing(MatrixRequestException failure) {
    return switch (failure.kind()) {
      case UNREACHABLE, TIMED_OUT -> true;
      case REFUSED -> isPassing(failure.status());
      case UNTRUSTED, GARBLED, TOO_LARGE, INTERRUPTED -> false;
    };
  }

  private static boolean isPassing(int status) {
    return status == 408
        || status == TOO_MANY_REQUESTS
        || (status >= 500 && status != 501 && status != 505);
  }
}
