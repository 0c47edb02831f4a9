package dev.sotto.client.encryption;

import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.encryption.verification.Verifications;
import dev.sotto.client.verification.Method;
import dev.sotto.client.verification.Verification;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Verifications, with others and with one's own devices. What they want to say is among what is
/// outgoing afterwards; what comes of them is told with the news of a later call. For any number of
/// threads.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#device-verification
public final class VerificationDesk {
  private final Turns turns;
  private final Parts parts;
  private final Incoming incoming;

  VerificationDesk(Turns turns, Parts parts, Incoming incoming) {
    this.turns = turns;
    this.parts = parts;
    this.incoming = incoming;
  }

  /// Asks a user for verification in a room that both share.
  public Verification.RequestSent request(RoomId room, UserId user) {
    return step(verifications -> verifications.request(room, user));
  }

  /// Asks all devices of a user for verification, but for this one and those that nobody sits at.
  ///
  /// @throws IllegalStateException if none is known
  public Verification.RequestSent request(UserId user) {
    return step(
        verifications -> {
          boolean own = user.equals(parts.account().user());
          Set<DeviceId> others =
              parts.tracking().devices(user).values().stream()
                  .filter(device -> !device.isDehydrated())
                  .map(Device::id)
                  .filter(id -> !own || !id.equals(parts.account().device()))
                  .collect(Collectors.toSet());
          if (others.isEmpty()) {
            throw new IllegalStateException(
                "No device of " + user + " that could be asked is known.");
          }
          return verifications.request(user, others);
        });
  }

  /// Asks one device for verification.
  public Verification.RequestSent request(UserId user, DeviceId device) {
    return step(verifications -> verifications.request(user, Set.of(device)));
  }

  /// Agrees to verify. Here and below, if it has gone on already nothing is done; the phase it is
  /// in is the answer.
  public Verification accept(Verification.RequestReceived request) {
    return step(verifications -> verifications.accept(request));
  }

  /// Begins to exchange keys. Each side may; one must.
  public Verification start(Verification.Ready ready) {
    return step(verifications -> verifications.start(ready));
  }

  /// Says what this device can do to verify, from now on; it compares codes unless this is called.
  public void offer(Set<Method> methods) {
    turns.run(() -> parts.verifications().offer(methods));
  }

  /// What a QR code for the other side to scan has to hold, as bytes; the same each time. Empty if
  /// the other side cannot scan, or a key that belongs into it is not known or not trusted.
  public Optional<byte[]> qrCode(Verification.Ready ready) {
    return turns.take(() -> parts.verifications().qrCode(ready));
  }

  /// The user has scanned a QR code that holds this. If it is none of this verification, nothing is
  /// done.
  public Verification scan(Verification.Ready ready, byte[] code) {
    return step(verifications -> verifications.scan(ready, code));
  }

  /// The other device shows that its scan went well, the user says.
  public Verification confirm(Verification.Scanned scanned) {
    return step(verifications -> verifications.confirm(scanned));
  }

  /// Both devices show the same, the user says.
  public Verification confirm(Verification.KeysExchanged codes) {
    return step(verifications -> verifications.confirm(codes));
  }

  /// The devices show different codes, the user says.
  public Verification mismatch(Verification.KeysExchanged codes) {
    return step(verifications -> verifications.mismatch(codes));
  }

  /// Ends a verification, or declines a request.
  public Verification cancel(Verification.Open verification) {
    return step(verifications -> verifications.cancel(verification));
  }

  private <T extends Verification> T step(Function<Verifications, T> step) {
    return turns.take(
        () -> {
          T now = step.apply(parts.verifications());
          incoming.conclude();
          return now;
        });
  }

  /// The phase a verification is in by now.
  public Verification now(Verification verification) {
    return turns.take(() -> parts.verifications().now(verification));
  }

  /// The verifications that have not ended, the oldest first.
  public List<Verification.Open> open() {
    return turns.take(() -> parts.verifications().open());
  }
}
