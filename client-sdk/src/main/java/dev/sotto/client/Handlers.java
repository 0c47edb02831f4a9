package dev.sotto.client;

import dev.sotto.client.encryption.identity.IdentityChange;
import dev.sotto.client.event.RoomEvent;
import dev.sotto.client.verification.Verification;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;

/// Those who were registered, and calling them. What one throws is told to the listeners of
/// problems and touches nobody else.
final class Handlers {
  private record Entry<E extends RoomEvent>(
      Class<E> type, Predicate<? super E> wanted, RoomHandler<? super E> handler) {
    void handle(Room room, RoomEvent event) throws Exception {
      if (type.isInstance(event) && wanted.test(type.cast(event))) {
        handler.handle(room, type.cast(event));
      }
    }
  }

  private static final System.Logger LOG = System.getLogger(MatrixClient.class.getName());

  private final List<Entry<?>> events = new CopyOnWriteArrayList<>();
  private final List<Invitation.Handler> invitations = new CopyOnWriteArrayList<>();
  private final List<MatrixClient.TypingHandler> typing = new CopyOnWriteArrayList<>();
  private final List<MatrixClient.ReceiptHandler> receipts = new CopyOnWriteArrayList<>();
  private final List<Presence.Handler> presence = new CopyOnWriteArrayList<>();
  private final List<Security.VerificationHandler> verifications = new CopyOnWriteArrayList<>();
  private final List<Security.IdentityHandler> identities = new CopyOnWriteArrayList<>();
  private final List<Problem.Listener> problems = new CopyOnWriteArrayList<>();

  <E extends RoomEvent> Subscription add(
      Class<E> type, Predicate<? super E> wanted, RoomHandler<? super E> handler) {
    return register(events, new Entry<>(type, wanted, handler));
  }

  Subscription addInvitation(Invitation.Handler handler) {
    return register(invitations, handler);
  }

  Subscription addTyping(MatrixClient.TypingHandler handler) {
    return register(typing, handler);
  }

  Subscription addReceipts(MatrixClient.ReceiptHandler handler) {
    return register(receipts, handler);
  }

  Subscription addPresence(Presence.Handler handler) {
    return register(presence, handler);
  }

  /// Whether anybody hears of presence: else it is not asked for.
  boolean hearPresence() {
    return !presence.isEmpty();
  }

  Subscription addProblems(Problem.Listener listener) {
    return register(problems, listener);
  }

  Subscription addVerifications(Security.VerificationHandler handler) {
    return register(verifications, handler);
  }

  Subscription addIdentities(Security.IdentityHandler handler) {
    return register(identities, handler);
  }

  private static <T> Subscription register(List<T> list, T entry) {
    list.add(entry);
    return once(() -> list.remove(entry));
  }

  /// Closes the other at the first time only: what looks the same to it may have come since then.
  static Subscription once(Subscription other) {
    AtomicBoolean closed = new AtomicBoolean();
    return () -> {
      if (!closed.getAndSet(true)) {
        other.close();
      }
    };
  }

  void event(Room room, RoomEvent event) {
    events.forEach(entry -> calling(room.id(), () -> entry.handle(room, event)));
  }

  void invitation(Invitation invitation) {
    invitations.forEach(handler -> calling(invitation.roomId(), () -> handler.handle(invitation)));
  }

  void typing(Room room, Set<UserId> users) {
    typing.forEach(handler -> calling(room.id(), () -> handler.handle(room, users)));
  }

  void receipt(Room room, Receipt receipt) {
    receipts.forEach(handler -> calling(room.id(), () -> handler.handle(room, receipt)));
  }

  void presence(Presence changed) {
    presence.forEach(handler -> calling(Optional.empty(), () -> handler.handle(changed)));
  }

  void verification(Verification phase) {
    verifications.forEach(handler -> calling(Optional.empty(), () -> handler.handle(phase)));
  }

  void identityChange(IdentityChange change) {
    identities.forEach(
        handler ->
            calling(Optional.empty(), () -> handler.handle(change.user(), change.wasVerified())));
  }

  private interface Call {
    void make() throws Exception;
  }

  private void calling(RoomId room, Call call) {
    calling(Optional.of(room), call);
  }

  private void calling(Optional<RoomId> room, Call call) {
    try {
      call.make();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      problem(new Problem(Problem.Kind.HANDLER, room, e));
    } catch (Exception | LinkageError | AssertionError | StackOverflowError e) {
      problem(new Problem(Problem.Kind.HANDLER, room, e));
    }
  }

  void problem(Problem.Kind kind, RoomId room, Throwable cause) {
    problem(new Problem(kind, Optional.of(room), cause));
  }

  void problem(Problem.Kind kind, Throwable cause) {
    problem(new Problem(kind, Optional.empty(), cause));
  }

  private void problem(Problem problem) {
    if (problems.isEmpty()) {
      LOG.log(System.Logger.Level.WARNING, "Problem of kind " + problem.kind(), problem.cause());
    }
    for (Problem.Listener listener : problems) {
      try {
        listener.onProblem(problem);
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.WARNING, "A listener of problems has failed", e);
      }
    }
  }
}
