package dev.sotto.client.session;

import dev.sotto.client.http.Retries;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// How the news are asked for.
///
/// @param hold how long the server may hold a request back while there are none
/// @param filter a filter's id or its JSON; null for everything
/// @param frugalFilter one that leaves out more, for when the answer is longer than what is read of
///   it; null if there is none
/// @param presence what each request says of whether the user is there; empty if nothing, then the
///   request itself makes the user be there
/// @param backOff the waits while the server does not answer; it is asked without end
public record SyncSettings(
    Duration hold,
    @Nullable String filter,
    @Nullable String frugalFilter,
    Supplier<Optional<String>> presence,
    Retries backOff) {
  /// How much longer than the server's hold an answer may take.
  static final Duration GRACE = Duration.ofMinutes(2);

  /// The first answer holds all rooms, which takes a server its time.
  static final Duration FIRST = Duration.ofMinutes(10);

  static final long LIMIT_BYTES = 64L << 20;

  /// Holds of half a minute, and between failures of one second to one minute.
  public static SyncSettings usual() {
    Duration minute = Duration.ofMinutes(1);
    return new SyncSettings(
        Duration.ofSeconds(30),
        null,
        null,
        Optional::empty,
        new Retries(1, Duration.ofSeconds(1), minute, minute));
  }
}
