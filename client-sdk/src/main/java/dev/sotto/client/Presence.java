package dev.sotto.client;

import dev.sotto.protocol.id.UserId;
import java.util.Optional;

/// Whether a user is there.
///
/// @param status what the user says to that, which is not encrypted
/// @spec https://spec.matrix.org/v1.19/client-server-api/#presence
public record Presence(UserId user, State state, Optional<String> status) {
  /// How reachable a user is.
  public enum State {
    /// There.
    ONLINE,
    /// Logged in, and away.
    UNAVAILABLE,
    /// Not logged in, or not showing it.
    OFFLINE
  }

  /// Hears who comes and goes.
  @FunctionalInterface
  public interface Handler {
    /// Hears how it is with a user now; what it throws goes to [MatrixClient#onProblem].
    void handle(Presence presence) throws Exception;
  }
}
