package dev.sotto.client;

import dev.sotto.client.encryption.request.OutgoingRequest;
import dev.sotto.client.encryption.request.OutgoingRequest.RoomMessage;
import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.http.Request;
import dev.sotto.client.http.Retries;
import dev.sotto.client.memory.SecretText;
import dev.sotto.protocol.json.Json;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Sends what encryption wants to be sent, and tells it what came of that.
final class Pump {
  private static final String CLIENT = "/_matrix/client/v3";
  private static final String PASSWORD = "m.login.password";
  private static final Duration CLAIM_TIMEOUT = Duration.ofMinutes(2);

  /// Each of several tries. What takes longer is asked for in parts.
  private static final Duration QUERY_TIMEOUT = Duration.ofSeconds(30);

  private static final int MOST_ROUNDS = 20;

  /// Sends a message of a verification that goes to a room.
  interface Rooms {
    /// @throws IllegalStateException if it cannot be encrypted
    ObjectNode send(RoomMessage message);
  }

  private final Calls calls;
  private final Encryption encryption;
  private final Handlers handlers;
  private final String user;
  private final Rooms rooms;
  private final ReentrantLock pumping = new ReentrantLock();
  private final Queue<RoomMessage> postponed = new ArrayDeque<>();

  Pump(Calls calls, Encryption encryption, Handlers handlers, String user, Rooms rooms) {
    this.calls = calls;
    this.encryption = encryption;
    this.handlers = handlers;
    this.user = user;
    this.rooms = rooms;
  }

  /// Sends all that there is, also what follows from the answers. What fails is told to listeners
  /// of problems; encryption asks for it again.
  ///
  /// @return what has failed, if anything has
  Optional<RuntimeException> flush() {
    boolean nested = pumping.isHeldByCurrentThread();
    pumping.lock();
    try {
      Run run = new Run(nested);
      int rounds = 0;
      while (rounds < MOST_ROUNDS && run.round()) {
        rounds++;
      }
      return Optional.ofNullable(run.failure);
    } finally {
      pumping.unlock();
    }
  }

  /// One flush.
  private final class Run {
    /// Whether a message to a room is being sent from here: encrypting it may need further
    /// requests, but no further message.
    private final boolean nested;

    private boolean answers = true;

    /// Kinds of requests that are not tried again in this flush. The others do not depend on them.
    private final Set<Class<? extends OutgoingRequest>> stopped = new HashSet<>();

    private @Nullable RuntimeException failure;

    Run(boolean nested) {
      this.nested = nested;
    }

    /// @return whether it is worth asking for more
    boolean round() {
      boolean any = false;
      Deque<OutgoingRequest> requests = new ArrayDeque<>(encryption.outgoing());
      try {
        while (!requests.isEmpty()) {
          OutgoingRequest request = requests.remove();
          if (!mayGo(request)) {
            encryption.unanswered(request);
          } else if (nested && request instanceof RoomMessage message) {
            postponed.add(message);
          } else {
            send(request);
            any = true;
          }
        }
      } catch (RuntimeException e) {
        giveBack(requests, e);
        throw e;
      }
      while (!nested && !postponed.isEmpty() && mayGo(postponed.element())) {
        send(postponed.remove());
        any = true;
      }
      return any && answers;
    }

    /// Has what was not tried given out again, whatever went wrong before it.
    private void giveBack(Collection<OutgoingRequest> requests, RuntimeException cause) {
      for (OutgoingRequest request : requests) {
        try {
          encryption.unanswered(request);
        } catch (IllegalStateException e) {
          // The machine has to be opened again, which gives all of them out.
          cause.addSuppressed(e);
          return;
        }
      }
    }

    private boolean mayGo(OutgoingRequest request) {
      return answers && !stopped.contains(request.getClass());
    }

    /// Sends a request and says what came of it.
    private void send(OutgoingRequest request) {
      ObjectNode answer;
      try {
        answer = ask(request);
      } catch (MatrixRequestException e) {
        failed(request, e);
        return;
      } catch (IllegalStateException e) {
        if (!(request instanceof RoomMessage message)) {
          throw e;
        }
        // It would be as impossible the next time. That is its verification's concern alone.
        encryption.unsendable(message);
        told(e);
        return;
      }
      encryption.sent(request, answer);
    }

    private void failed(OutgoingRequest request, MatrixRequestException cause) {
      if (isAboutMany(request) && isUnusable(cause)) {
        unusable(request, cause);
        return;
      }
      if (isPassing(cause)) {
        unanswered(request, cause);
        return;
      }
      encryption.refused(request, cause);
      if (!isMissingBackup(request, cause)) {
        told(cause);
        // Most of these are asked for again at once, which may be as futile.
        if (!(request instanceof OutgoingRequest.ToDevice || request instanceof RoomMessage)) {
          stopped.add(request.getClass());
        }
      }
    }

    private void unanswered(OutgoingRequest request, MatrixRequestException cause) {
      answers &= !concernsAll(cause);
      stopped.add(request.getClass());
      encryption.unanswered(request);
      told(cause);
    }

    /// One user's keys may be the cause, of which the others must not suffer.
    private void unusable(OutgoingRequest request, MatrixRequestException cause) {
      encryption.unusable(request);
      if (isSlow(cause)) {
        stopped.add(request.getClass());
        told(cause);
      } else {
        // Its parts are asked for at once; so far nothing has failed.
        handlers.problem(Problem.Kind.ENCRYPTION, cause);
      }
    }

    private void told(RuntimeException cause) {
      failure = cause;
      handlers.problem(Problem.Kind.ENCRYPTION, cause);
    }
  }

  /// Whether every other request would fail as well.
  private static boolean concernsAll(MatrixRequestException failure) {
    return switch (failure.kind()) {
      case UNREACHABLE, UNTRUSTED, INTERRUPTED -> true;
      case REFUSED -> failure.isLoggedOut();
      case TIMED_OUT, GARBLED, TOO_LARGE -> false;
    };
  }

  private static boolean isAboutMany(OutgoingRequest request) {
    return request instanceof OutgoingRequest.KeysQuery
        || request instanceof OutgoingRequest.KeysClaim;
  }

  /// Whether the same question would have no better answer a little later, be it though that the
  /// server itself broke down over it.
  private static boolean isUnusable(MatrixRequestException failure) {
    return failure.kind() == MatrixRequestException.Kind.GARBLED
        || failure.kind() == MatrixRequestException.Kind.TOO_LARGE
        || isSlow(failure);
  }

  private static boolean isSlow(MatrixRequestException failure) {
    return failure.kind() == MatrixRequestException.Kind.TIMED_OUT
        || failure.status() == 500
        || failure.status() == 504;
  }

  private static boolean isPassing(MatrixRequestException failure) {
    return failure.kind() != MatrixRequestException.Kind.REFUSED
        || failure.status() / 100 != 4
        || failure.isLoggedOut()
        || Retries.isPassing(failure);
  }

  /// That there is no backup, or no such key in it, is an answer.
  private static boolean isMissingBackup(OutgoingRequest request, MatrixRequestException failure) {
    return failure.isNotFound()
        && (request instanceof OutgoingRequest.BackupVersionQuery
            || request instanceof OutgoingRequest.BackupKeyQuery);
  }

  private ObjectNode ask(OutgoingRequest request) {
    return switch (request) {
      case OutgoingRequest.KeysUpload upload ->
          calls.send(Request.post(CLIENT + "/keys/upload").json(upload.body()).once());
      case OutgoingRequest.KeysQuery query ->
          calls.send(
              Request.post(CLIENT + "/keys/query")
                  .json(query.body())
                  .repeatable()
                  .limit(64L << 20)
                  .timeout(QUERY_TIMEOUT));
      case OutgoingRequest.KeysClaim claim ->
          calls.send(
              Request.post(CLIENT + "/keys/claim")
                  .json(claim.body())
                  // Each repetition would use up further keys; encryption asks again.
                  .once()
                  .timeout(CLAIM_TIMEOUT));
      case OutgoingRequest.ToDevice toDevice ->
          calls.send(
              Request.put(CLIENT + "/sendToDevice/{}/{}", toDevice.eventType(), toDevice.id())
                  .json(toDevice.body())
                  .repeatable());
      case OutgoingRequest.CrossSigningUpload upload -> authenticated(upload.body());
      case OutgoingRequest.SignaturesUpload upload ->
          calls.send(
              Request.post(CLIENT + "/keys/signatures/upload").json(upload.body()).repeatable());
      case OutgoingRequest.BackupKeys backup ->
          calls.send(
              Request.put(CLIENT + "/room_keys/keys")
                  .query("version", backup.version())
                  .json(backup.body())
                  .repeatable());
      case OutgoingRequest.BackupVersionQuery _ ->
          calls.send(Request.get(CLIENT + "/room_keys/version"));
      case OutgoingRequest.BackupCreate backup ->
          calls.send(Request.post(CLIENT + "/room_keys/version").json(backup.body()).once());
      case OutgoingRequest.BackupKeyQuery key ->
          calls.send(
              Request.get(CLIENT + "/room_keys/keys/{}/{}", key.room().value(), key.sessionId())
                  .query("version", key.version()));
      case RoomMessage message -> rooms.send(message);
    };
  }

  /// The server wants to see the password once more before it takes new cross-signing keys.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#user-interactive-authentication-api
  private ObjectNode authenticated(ObjectNode body) {
    String path = CLIENT + "/keys/device_signing/upload";
    try {
      return calls.send(Request.post(path).json(body).repeatable());
    } catch (MatrixRequestException e) {
      SecretText password = calls.password();
      if (e.status() != 401 || e.isLoggedOut() || password == null || !isPasswordEnough(e)) {
        throw e;
      }
      ObjectNode auth = Json.object().put("type", PASSWORD).put("password", password.text());
      auth.putObject("identifier").put("type", "m.id.user").put("user", user);
      JsonNode session = e.details().path("session");
      if (session.isString()) {
        auth.put("session", session.stringValue());
      }
      ObjectNode proven = body.deepCopy();
      proven.set("auth", auth);
      return calls.send(Request.post(path).json(proven).repeatable());
    }
  }

  private static boolean isPasswordEnough(MatrixRequestException refusal) {
    for (JsonNode flow : refusal.details().path("flows")) {
      JsonNode stages = flow.path("stages");
      if (stages.size() == 1 && PASSWORD.equals(stages.path(0).stringValue(null))) {
        return true;
      }
    }
    return false;
  }
}
