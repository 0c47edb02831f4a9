package dev.sotto.client.encryption;

import dev.sotto.client.encryption.identity.BootstrapOutcome;
import dev.sotto.client.encryption.identity.IdentityChange;
import dev.sotto.client.encryption.identity.OwnIdentityStatus;
import dev.sotto.client.encryption.identity.UserTrust;
import dev.sotto.protocol.crypto.VerifyKey;
import dev.sotto.protocol.id.UserId;
import java.util.List;
import java.util.Optional;

/// The user's own identity, by which devices are known to be the user's, and the identities of
/// others. For any number of threads.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#cross-signing
public final class CrossSigning {
  private final Turns turns;
  private final Parts parts;
  private final Incoming incoming;

  CrossSigning(Turns turns, Parts parts, Incoming incoming) {
    this.turns = turns;
    this.parts = parts;
    this.incoming = incoming;
  }

  /// How it stands with one's own identity.
  public OwnIdentityStatus status() {
    return turns.take(() -> parts.identities().own().status());
  }

  /// Makes one's own identity if there is none; it is then among what is outgoing.
  public BootstrapOutcome bootstrap() {
    return turns.take(() -> parts.identities().own().bootstrap());
  }

  /// Makes a new identity in place of the one there is.
  public void reset() {
    turns.run(() -> parts.identities().own().reset());
  }

  /// Gives up an identity that was made and that the server has refused; else it is offered again
  /// by a later process.
  ///
  /// @return false if it may have arrived, or was published; then nothing is done
  public boolean abandonRefused() {
    return turns.take(() -> parts.identities().own().abandonRefused());
  }

  /// What is known of a user's identity. Who is not tracked is from now on.
  public UserTrust trust(UserId user) {
    return turns.take(
        () -> {
          parts.tracking().track(List.of(user));
          return parts.identities().trust(user);
        });
  }

  /// The change of a user's identity that is still to be confirmed, if there is one.
  public Optional<IdentityChange> unconfirmed(UserId user) {
    return turns.take(() -> parts.identities().unconfirmed(user));
  }

  /// Believes a changed identity without verification.
  ///
  /// @param master the new master key, as it was shown to whoever confirms it
  /// @return false if there is yet another one by now; nothing is done then
  public boolean confirm(UserId user, VerifyKey master) {
    return turns.take(
        () -> {
          boolean confirmed = parts.identities().confirm(user, master);
          incoming.devicesChanged(List.of(user));
          return confirmed;
        });
  }
}
