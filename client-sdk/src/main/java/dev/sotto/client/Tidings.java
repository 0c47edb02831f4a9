package dev.sotto.client;

import dev.sotto.client.encryption.Machine;
import dev.sotto.client.encryption.MachineNews;
import dev.sotto.client.encryption.megolm.SessionName;
import dev.sotto.client.encryption.olm.OlmOutcome;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/// Passes on what has happened in the machine.
final class Tidings implements AutoCloseable {
  private final Machine machine;
  private final Handlers handlers;
  private final Consumer<SessionName> readable;
  private final ExecutorService asides =
      Executors.newSingleThreadExecutor(Thread.ofVirtual().name("sotto news").factory());

  /// @param readable hears of keys that have arrived
  Tidings(Machine machine, Handlers handlers, Consumer<SessionName> readable) {
    this.machine = machine;
    this.handlers = handlers;
    this.readable = readable;
  }

  /// Has what has happened meanwhile told.
  void tell() {
    machine.news().forEach(this::hear);
  }

  /// Hears what has happened in the machine. Called by whichever thread has brought it about.
  void hear(MachineNews heard) {
    switch (heard) {
      case MachineNews.KeysArrived keys -> readable.accept(keys.session());
      case MachineNews.VerificationChanged changed ->
          aside(() -> handlers.verification(changed.verification()));
      case MachineNews.IdentityChanged changed ->
          aside(() -> handlers.identityChange(changed.change()));
      case MachineNews.DeviceKeysChanged changed ->
          handlers.problem(
              Problem.Kind.ENCRYPTION,
              new IllegalStateException(
                  "The server shows other keys for a device of " + changed.shown().user() + "."));
      case MachineNews.MessagesLost(OlmOutcome.Reason reason, int count) ->
          handlers.problem(
              Problem.Kind.ENCRYPTION,
              new IllegalStateException(
                  "Messages of other devices to this one are lost ("
                      + count
                      + "), which may have held keys: they "
                      + why(reason)
                      + "."));
    }
  }

  private static String why(OlmOutcome.Reason reason) {
    return switch (reason) {
      case MALFORMED -> "are not as the specification says";
      case UNSUPPORTED_ALGORITHM -> "are encrypted in a way that is not supported";
      case NOT_FOR_US -> "are encrypted to other devices only";
      case UNKNOWN_SESSION -> "belong to a session that this device does not have";
      case REPLAY -> "were read before";
      case DAMAGED -> "were altered on their way, or their session is out of step";
      case MISMATCH -> "are not from who is said to have sent them";
    };
  }

  /// Calls handlers that belong to no room, one after the other.
  private void aside(Runnable call) {
    try {
      asides.execute(call);
    } catch (RejectedExecutionException _) {
      // The client is being closed.
    }
  }

  /// Calls nobody any more.
  @Override
  public void close() {
    asides.shutdownNow();
  }
}
