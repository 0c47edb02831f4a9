package dev.sotto.client;

import dev.sotto.client.encryption.DehydrationDesk;
import dev.sotto.client.encryption.DehydrationDesk.Woken;
import dev.sotto.client.encryption.backup.DehydratedDevices;
import dev.sotto.client.encryption.backup.DehydrationException;
import dev.sotto.client.encryption.backup.DehydrationException.Reason;
import dev.sotto.client.engine.PickleKey;
import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.http.Pace;
import dev.sotto.client.http.Request;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Takes what the user's dehydrated device was sent, and leaves another at the server.
///
/// @spec https://github.com/matrix-org/matrix-spec-proposals/pull/3814
final class Dehydration {
  private static final String NAME = "Dehydrated device";
  private static final int MOST_PAGES = 10_000;
  private static final Duration BETWEEN_TRIES = Duration.ofHours(1);

  private final DehydrationDesk desk;
  private final Calls calls;
  private final Pace pace;
  private final Runnable news;
  private @Nullable Instant tried;

  /// @param news has what follows from keys that arrived told
  Dehydration(DehydrationDesk desk, Calls calls, Pace pace, Runnable news) {
    this.desk = desk;
    this.calls = calls;
    this.pace = pace;
    this.news = news;
  }

  /// The key that was kept here. The caller closes it.
  Optional<PickleKey> key() {
    return desk.key();
  }

  /// Keeps the key, so that the device is replaced in time.
  void keep(PickleKey key) {
    desk.keep(key);
  }

  /// A server that does not know the path may say so in any way.
  private static boolean isUnsupported(MatrixRequestException refusal) {
    return refusal.errcode().equals("M_UNRECOGNIZED")
        || !refusal.isNotFound() && (refusal.status() == 404 || refusal.status() == 405);
  }

  /// Whether the server has a device.
  boolean isThere() {
    try {
      calls.send(Request.get(DehydratedDevices.PATH));
      return true;
    } catch (MatrixRequestException e) {
      if (e.isNotFound() || isUnsupported(e)) {
        return false;
      }
      throw e;
    }
  }

  /// Takes the keys that the device which the server has was sent, if it has one.
  ///
  /// @return false if the server does not have such devices
  /// @throws DehydrationException if it cannot be woken
  boolean wake(PickleKey key) throws DehydrationException {
    ObjectNode sleeping;
    try {
      sleeping = calls.send(Request.get(DehydratedDevices.PATH));
    } catch (MatrixRequestException e) {
      if (e.isNotFound() || isUnsupported(e)) {
        return e.isNotFound();
      }
      throw e;
    }
    try (Woken device = desk.wake(key, sleeping)) {
      String from = null;
      for (int page = 0; page < MOST_PAGES; page++) {
        ObjectNode answer = events(device, from);
        device.receive(answer);
        news.run();
        String next = answer.path("next_batch").stringValue(null);
        // Servers say in one way or the other that this was all.
        if (next == null || next.equals(from) || answer.path("events").isEmpty()) {
          break;
        }
        from = next;
      }
    }
    return true;
  }

  private ObjectNode events(Woken device, @Nullable String from) {
    Request request = Request.get(DehydratedDevices.PATH + "/{}/events", device.id().value());
    return calls.send(from == null ? request : request.query("from", from));
  }

  /// Leaves a device, in place of the one that the server has.
  ///
  /// @throws DehydrationException NO_IDENTITY
  void leave(PickleKey key) throws DehydrationException {
    ObjectNode device = desk.make(key, NAME);
    calls.send(Request.put(DehydratedDevices.PATH).json(device).repeatable());
    desk.made();
  }

  /// Ends the use of such devices here, and removes the one that the server has.
  void remove() {
    desk.forget();
    try {
      calls.send(Request.delete(DehydratedDevices.PATH));
    } catch (MatrixRequestException e) {
      if (!e.isNotFound() && !isUnsupported(e)) {
        throw e;
      }
    }
  }

  /// Whether the device is to be replaced, and that was not tried just now.
  synchronized boolean isDue() {
    Instant last = tried;
    boolean mayTry = last == null || !pace.now().isBefore(last.plus(BETWEEN_TRIES));
    if (!mayTry || !desk.isDue()) {
      return false;
    }
    tried = pace.now();
    return true;
  }

  /// Takes what the device was sent, and replaces it with one whose one-time keys are not used up.
  /// Where another of the user's devices has left one under another key, that one stays, and the
  /// key kept here is forgotten: it opens nothing any more.
  ///
  /// @throws IllegalStateException if the device cannot be woken, or none can be made
  void renew() {
    Optional<PickleKey> kept = desk.key();
    if (kept.isEmpty()) {
      return;
    }
    try (PickleKey key = kept.get()) {
      if (wake(key)) {
        leave(key);
      }
    } catch (DehydrationException e) {
      if (e.reason() == Reason.WRONG_KEY) {
        desk.forget();
      }
      throw new IllegalStateException(e.getMessage(), e);
    }
  }
}
