package dev.sotto.client.http;

import dev.sotto.client.error.MatrixRequestException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Sends a request as often as it takes and is allowed.
final class Attempts {
  private final Wire wire;
  private final HttpSettings settings;
  private final Predicate<Reply> wanted;

  /// @param wanted which replies are answers; all others are refusals
  Attempts(Wire wire, HttpSettings settings, Predicate<Reply> wanted) {
    this.wire = wire;
    this.settings = settings;
    this.wanted = wanted;
  }

  /// The tokens to send with, and how expired ones are renewed.
  record Access(Tokens tokens, UnaryOperator<TokenPair> refresh) {}

  /// The first answer.
  ///
  /// @throws MatrixRequestException the last failure
  Reply make(URI uri, Request request, @Nullable Access access, @Nullable Sink sink) {
    boolean renewed = false;
    for (int tried = 1; ; tried++) {
      TokenPair used = access == null ? null : access.tokens().current();
      MatrixRequestException failure;
      try {
        Reply reply = wire.send(uri, request, used == null ? null : used.access(), sink);
        if (wanted.test(reply)) {
          return reply;
        }
        failure = refusal(request, reply, used);
      } catch (MatrixRequestException e) {
        failure = e;
      }
      if (access != null && used != null && !renewed && canRenew(failure, used)) {
        renew(access, used, request);
        renewed = true;
      } else {
        pause(request, failure, tried, sink);
      }
    }
  }

  private MatrixRequestException refusal(Request request, Reply reply, @Nullable TokenPair used) {
    return Refusal.of(reply, settings.pace().now()).exception(request, used);
  }

  private static boolean canRenew(MatrixRequestException failure, TokenPair used) {
    return failure.isSoftLogout() && used.refresh() != null;
  }

  private static void renew(Access access, TokenPair used, Request request) {
    try {
      access.tokens().renew(used, access.refresh());
    } catch (InterruptedException _) {
      throw Wire.interrupted(request);
    }
  }

  /// Waits until the next try is due, or throws `failure` if there is none.
  private void pause(
      Request request, MatrixRequestException failure, int tried, @Nullable Sink sink) {
    if (sink != null) {
      IOException reader = sink.failure();
      if (reader != null) {
        throw new UncheckedIOException(reader);
      }
      if (sink.writtenBytes() > 0) {
        // What was handed on cannot be taken back.
        throw failure;
      }
    }
    Pace pace = settings.pace();
    Duration wait = settings.retries().waitBeforeNext(request, failure, tried, pace.chance());
    if (wait == null) {
      throw failure;
    }
    try {
      pace.pause(wait);
    } catch (InterruptedException _) {
      throw Wire.interrupted(request);
    }
  }
}
