package dev.sotto.client.encryption;

import dev.sotto.client.encryption.backup.DehydrationException;
import dev.sotto.client.encryption.backup.WokenDevice;
import dev.sotto.client.engine.PickleKey;
import dev.sotto.protocol.id.DeviceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Devices that sleep at the server and are sent room keys while none of the user's is there.
/// Whoever talks to the server wakes the one there is, puts a new one in its place, and does that
/// again when it is due. For any number of threads.
///
/// @spec https://github.com/matrix-org/matrix-spec-proposals/pull/3814
public final class DehydrationDesk {
  private final Turns turns;
  private final Parts parts;
  private final Incoming incoming;

  DehydrationDesk(Turns turns, Parts parts, Incoming incoming) {
    this.turns = turns;
    this.parts = parts;
    this.incoming = incoming;
  }

  private interface Work<T> {
    T get() throws DehydrationException;
  }

  private <T> T take(Work<T> work) throws DehydrationException {
    List<DehydrationException> failure = new ArrayList<>(1);
    Optional<T> done =
        turns.take(
            () -> {
              try {
                return Optional.of(work.get());
              } catch (DehydrationException e) {
                failure.add(e);
                return Optional.empty();
              }
            });
    if (done.isEmpty()) {
      throw failure.getFirst();
    }
    return done.get();
  }

  /// The key that was kept; empty if there is none. The caller closes it.
  public Optional<PickleKey> key() {
    return turns.take(parts.dehydrated()::key);
  }

  /// Keeps the key that secret storage has, or will have: from then on the device is to be replaced
  /// in time.
  public void keep(PickleKey key) {
    turns.run(() -> parts.dehydrated().keep(key));
  }

  /// Ends the use of dehydrated devices on this device.
  public void forget() {
    turns.run(parts.dehydrated()::forget);
  }

  /// Whether the key is here and the device at the server is to be replaced.
  public boolean isDue() {
    return turns.take(parts.dehydrated()::isDue);
  }

  /// Whether the server had a device from this one.
  public boolean wasMade() {
    return turns.take(parts.dehydrated()::wasMade);
  }

  /// Makes a device.
  ///
  /// @param displayName what people call it
  /// @return the body of `PUT` [DehydratedDevices#PATH]
  /// @throws DehydrationException NO_IDENTITY
  public ObjectNode make(PickleKey key, String displayName) throws DehydrationException {
    return take(() -> parts.dehydrated().make(key, displayName));
  }

  /// The server has the device that was made.
  public void made() {
    turns.run(parts.dehydrated()::made);
  }

  /// Wakes the device that the server has.
  ///
  /// @param answer to `GET` [DehydratedDevices#PATH]
  /// @throws DehydrationException WRONG_KEY, UNSUPPORTED, MALFORMED
  public Woken wake(PickleKey key, JsonNode answer) throws DehydrationException {
    return new Woken(take(() -> parts.dehydrated().wake(key, answer, parts.roomKeys()::heard)));
  }

  /// A device that is awake, until it is closed.
  public final class Woken implements AutoCloseable {
    private final WokenDevice device;

    private Woken(WokenDevice device) {
      this.device = device;
    }

    /// What the server calls it, for the path of its events.
    public DeviceId id() {
      return device.id();
    }

    /// Takes the room keys out of what the device was sent, and keeps them.
    ///
    /// @param answer to `GET` of the device's events
    /// @return how many events held some
    public int receive(JsonNode answer) {
      return turns.take(
          () -> {
            int taken = device.receive(answer);
            incoming.conclude();
            return taken;
          });
    }

    /// Forgets the device's private keys.
    @Override
    public void close() {
      device.close();
    }
  }
}
