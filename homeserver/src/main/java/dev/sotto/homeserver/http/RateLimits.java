package dev.sotto.homeserver.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.Predicate;

/// Token buckets per rate and key; a rate that is not configured is unlimited.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#rate-limiting
public final class RateLimits {
  private static final int MAX_KEYS = 100_000;
  private static final int IPV6_BYTES = 16;

  /// How fast a bucket refills and how much it holds.
  public record Limit(double perSecond, double burst) {}

  private record Key(Rate rate, String subject) {}

  private final Map<Rate, Limit> limits;
  private final InstantSource clock;
  private final Predicate<Caller> unlimited;
  private final Cache<Key, Bucket> buckets =
      Caffeine.newBuilder().maximumSize(MAX_KEYS).expireAfterAccess(Duration.ofHours(1)).build();

  /// @param unlimited whose requests count against no rate
  public RateLimits(Map<Rate, Limit> limits, InstantSource clock, Predicate<Caller> unlimited) {
    this.limits = Map.copyOf(limits);
    this.clock = clock;
    this.unlimited = unlimited;
  }

  /// Takes one token of the bucket of the caller's user.
  ///
  /// @throws MatrixException `M_LIMIT_EXCEEDED` with `retry_after_ms` if it is empty
  public void take(Rate rate, Caller caller) {
    take(rate, caller, 1);
  }

  /// Takes as many tokens of the bucket of the caller's user. Of more than it can hold at all, a
  /// full bucket is enough; then it takes the longer to fill again.
  ///
  /// @throws MatrixException `M_LIMIT_EXCEEDED` with `retry_after_ms` if it does not hold them
  public void take(Rate rate, Caller caller, int count) {
    if (!unlimited.test(caller)) {
      take(rate, caller.user().value(), count);
    }
  }

  /// Takes one token of the bucket of an address.
  ///
  /// @throws MatrixException `M_LIMIT_EXCEEDED` with `retry_after_ms` if it is empty
  public void takeFrom(Rate rate, String address) {
    take(rate, network(address));
  }

  /// Whom an address belongs to, as far as it tells: of IPv6, where everybody has addresses without
  /// number, the network.
  public static String network(String address) {
    if (address.indexOf(':') < 0) {
      return address;
    }
    try {
      byte[] bytes = InetAddress.ofLiteral(address).getAddress();
      return bytes.length == IPV6_BYTES
          ? HexFormat.of().formatHex(bytes, 0, IPV6_BYTES / 2) + "/64"
          : address;
    } catch (IllegalArgumentException e) {
      // A proxy may name its clients otherwise.
      return address;
    }
  }

  /// Takes one token of `subject`'s bucket.
  ///
  /// @throws MatrixException `M_LIMIT_EXCEEDED` with `retry_after_ms` if it is empty
  public void take(Rate rate, String subject) {
    take(rate, subject, 1);
  }

  private void take(Rate rate, String subject, int count) {
    Limit limit = limits.get(rate);
    if (limit == null || count <= 0) {
      return;
    }
    long now = clock.millis();
    Bucket bucket = buckets.get(new Key(rate, subject), _ -> new Bucket(limit.burst, now));
    long waitMillis = bucket.take(limit, count, now);
    if (waitMillis > 0) {
      throw new MatrixException(
          ErrorCode.M_LIMIT_EXCEEDED,
          "Too many requests; try again later.",
          Map.of("retry_after_ms", waitMillis));
    }
  }

  private static final class Bucket {
    private double tokens;
    private long filledAt;

    Bucket(double tokens, long now) {
      this.tokens = tokens;
      this.filledAt = now;
    }

    /// Milliseconds to wait for so many tokens, or 0 if they were taken.
    synchronized long take(Limit limit, int count, long now) {
      // A clock that was set back must not take tokens away.
      long elapsedMillis = Math.max(0, now - filledAt);
      tokens = Math.min(limit.burst, tokens + elapsedMillis * limit.perSecond / 1000);
      filledAt = now;
      double needed = Math.min(count, limit.burst);
      if (tokens >= needed) {
        tokens -= count;
        return 0;
      }
      return Math.max(1, Math.round(Math.ceil((needed - tokens) * 1000 / limit.perSecond)));
    }
  }
}
