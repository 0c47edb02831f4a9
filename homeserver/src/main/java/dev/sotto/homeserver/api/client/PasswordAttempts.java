package dev.sotto.homeserver.api.client;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sotto.homeserver.http.Caller;
import dev.sotto.homeserver.http.Rate;
import dev.sotto.homeserver.http.RateLimits;
import dev.sotto.protocol.id.UserId;
import java.time.Duration;

/// Slows down those who guess passwords, and does not lock out those who know theirs.
///
/// Strangers share one bucket for each account, however many addresses they have. Who has a session
/// has a bucket of that session's own, and who has logged in from an address before has one of that
/// address: neither can be emptied by strangers.
public final class PasswordAttempts {
  private static final int MAX_KNOWN = 100_000;
  private static final Duration KNOWN_FOR = Duration.ofDays(90);

  private record Known(UserId user, String address) {}

  private final RateLimits rates;
  private final Cache<Known, Boolean> known =
      Caffeine.newBuilder().maximumSize(MAX_KNOWN).expireAfterWrite(KNOWN_FOR).build();

  public PasswordAttempts(RateLimits rates) {
    this.rates = rates;
  }

  /// Counts an attempt by somebody with a session.
  void countOf(Caller caller) {
    rates.take(Rate.LOGIN, caller.user() + " on " + caller.device());
  }

  /// Counts an attempt by somebody without a session, who is limited by address already.
  void countFor(UserId user, String address) {
    boolean isKnown = known.getIfPresent(new Known(user, RateLimits.network(address))) != null;
    rates.take(Rate.LOGIN, isKnown ? user + " from " + RateLimits.network(address) : user.value());
  }

  /// Remembers from where somebody knew the password.
  void succeeded(UserId user, String address) {
    known.put(new Known(user, RateLimits.network(address)), true);
  }
}
