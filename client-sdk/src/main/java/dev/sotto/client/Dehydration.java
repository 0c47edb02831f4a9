package dev.sotto.client;

import dev.sotto.client.encryption.DehydrationDesk;
import dev.sotto.client.encryption.DehydrationDesk.Woken;
import dev.sotto.client.encryption.backup.DehydratedDevices;
import dev.sotto.client.encryption.backup.DehydrationException;
import dev.sotto.client.encryption.backup.DehydrationException.Reason;
import dev.sotto.client.encryption.secrets.KeyText;
import dev.sotto.client.encryption.secrets.SecretName;
import dev.sotto.client.encryption.secrets.SecretStorage;
import dev.sotto.client.encryption.secrets.SecretStorageException;
import dev.sotto.client.engine.PickleKey;
import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.http.Pace;
import dev.sotto.client.http.Request;
import dev.sotto.client.http.Retries;
import dev.sotto.client.memory.SecretText;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Takes what the user's dehydrated device was sent, and leaves another at the server, whose key is
/// in the secret storage.
///
/// @spec https://github.com/matrix-org/matrix-spec-proposals/pull/3814
final class Dehydration {
  private static final String NAME = "Dehydrated device";
  private static final int MOST_PAGES = 10_000;
  private static final Duration BETWEEN_TRIES = Duration.ofHours(1);
  private static final Set<Integer> UNSUPPORTED = Set.of(403, 404, 405, 501);

  /// What became of the device that the server may have.
  enum Sleeper {
    /// The server does not have such devices.
    UNSUPPORTED,
    /// It has none.
    NONE,
    /// What it was sent was taken.
    WOKEN
  }

  private final DehydrationDesk desk;
  private final Calls calls;
  private final StoredSecrets stored;
  private final Handlers handlers;
  private final SecureRandom random;
  private final Pace pace;
  private final Runnable news;
  private @Nullable Instant tried;

  /// @param news has what follows from keys that arrived told
  Dehydration(
      DehydrationDesk desk,
      Calls calls,
      StoredSecrets stored,
      Handlers handlers,
      SecureRandom random,
      Pace pace,
      Runnable news) {
    this.desk = desk;
    this.calls = calls;
    this.stored = stored;
    this.handlers = handlers;
    this.random = random;
    this.pace = pace;
    this.news = news;
  }

  /// A server that does not know the path may say so in any way.
  private static boolean isUnsupported(MatrixRequestException refusal) {
    return refusal.errcode().equals("M_UNRECOGNIZED")
        || !refusal.isNotFound() && UNSUPPORTED.contains(refusal.status());
  }

  /// The device that the server has; empty if it has none.
  ///
  /// @throws MatrixRequestException also if it does not have such devices
  private Optional<ObjectNode> sleeping() {
    return calls.find(Request.get(DehydratedDevices.PATH));
  }

  /// Where the server will never say, that is no reason to leave anything else undone.
  private boolean isThere() {
    try {
      return sleeping().isPresent();
    } catch (MatrixRequestException e) {
      if (Retries.isPassing(e) || e.isLoggedOut()) {
        throw e;
      }
      if (!isUnsupported(e)) {
        handlers.problem(Problem.Kind.ENCRYPTION, e);
      }
      return false;
    }
  }

  /// Takes the keys that the device which the server has was sent, if it has one.
  ///
  /// @throws DehydrationException if it cannot be woken
  Sleeper wake(PickleKey key) throws DehydrationException {
    Optional<ObjectNode> sleeping;
    try {
      sleeping = sleeping();
    } catch (MatrixRequestException e) {
      if (isUnsupported(e)) {
        return Sleeper.UNSUPPORTED;
      }
      throw e;
    }
    if (sleeping.isEmpty()) {
      return Sleeper.NONE;
    }
    try (Woken device = desk.wake(key, sleeping.get())) {
      receive(device);
    }
    return Sleeper.WOKEN;
  }

  private void receive(Woken device) {
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

  private ObjectNode events(Woken device, @Nullable String from) {
    Request request = Request.get(DehydratedDevices.PATH + "/{}/events", device.id().value());
    return calls.send(from == null ? request : request.query("from", from));
  }

  /// As [#wake]; a device that cannot be woken is given up.
  ///
  /// @return false if the server does not have such devices
  private boolean wakeIfPossible(PickleKey key) {
    try {
      return wake(key) != Sleeper.UNSUPPORTED;
    } catch (DehydrationException e) {
      handlers.problem(Problem.Kind.ENCRYPTION, e);
      return true;
    }
  }

  /// Leaves a device, in place of the one that the server has.
  ///
  /// @throws DehydrationException NO_IDENTITY
  private void leave(PickleKey key) throws DehydrationException {
    ObjectNode device = desk.make(key, NAME);
    calls.send(Request.put(DehydratedDevices.PATH).json(device).repeatable());
    desk.made();
  }

  /// Leaves a device that whoever opens this storage can wake, and takes what the one before was
  /// sent.
  ///
  /// @return false if the server does not have such devices
  /// @throws DehydrationException NO_IDENTITY
  boolean begin(SecretStorage storage) throws DehydrationException {
    Optional<PickleKey> known = key(storage);
    try (PickleKey key = known.orElseGet(() -> PickleKey.generate(random))) {
      if (!wakeIfPossible(key)) {
        return false;
      }
      if (known.isEmpty()) {
        put(storage, key);
      }
      leave(key);
      // From now on this device replaces it in time.
      desk.keep(key);
      return true;
    }
  }

  /// Does with the sleeping device what a device that was recovered should. Nothing else depends on
  /// it.
  ///
  /// @param key what the storage had ([#key])
  void takeOver(PickleKey key) {
    try {
      if (wakeIfPossible(key)) {
        // First, so that what fails now is done in time.
        desk.keep(key);
        leave(key);
      }
    } catch (DehydrationException | MatrixRequestException e) {
      // What was not taken is still there: another is left only by whoever has taken it.
      handlers.problem(Problem.Kind.ENCRYPTION, e);
    }
  }

  /// Leaves a device that whoever opens a new storage can wake, in place of one that was there. The
  /// identity may be a new one as well.
  ///
  /// @throws DehydrationException NO_IDENTITY
  /// @throws MatrixRequestException if the device could not be replaced: only what opened the
  ///   former storage wakes the one that is there
  void moveInto(SecretStorage storage) throws DehydrationException {
    Optional<PickleKey> kept = desk.key();
    if (kept.isEmpty() && !isThere()) {
      return;
    }
    // Where another device has left one, nobody could wake that with the new recovery key.
    try (PickleKey key = kept.orElseGet(() -> PickleKey.generate(random))) {
      put(storage, key);
      leave(key);
      desk.keep(key);
    } catch (MatrixRequestException e) {
      if (!isUnsupported(e)) {
        throw e;
      }
    }
  }

  /// The key that a storage has of such devices. The caller closes it.
  Optional<PickleKey> key(SecretStorage storage) {
    Optional<SecretText> found = stored.get(storage, SecretName.DEHYDRATED_DEVICE);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    byte[] bytes = new byte[0];
    try (SecretText secret = found.get()) {
      bytes = KeyText.bytes(secret, PickleKey.BYTES);
      return Optional.of(PickleKey.of(bytes));
    } catch (SecretStorageException _) {
      return Optional.empty();
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  private void put(SecretStorage storage, PickleKey key) {
    try (SecretText text = KeyText.of(key)) {
      stored.put(storage, SecretName.DEHYDRATED_DEVICE, text);
    }
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
  /// Where another of the user's devices has left one under another key, that one stays; where one
  /// has removed the device, there is to be none. The key kept here is then forgotten.
  ///
  /// @throws IllegalStateException if the device cannot be woken, or none can be made
  void renew() {
    Optional<PickleKey> kept = desk.key();
    if (kept.isEmpty()) {
      return;
    }
    try (PickleKey key = kept.get()) {
      Sleeper former = wake(key);
      if (former == Sleeper.NONE && desk.wasMade()) {
        desk.forget();
      } else if (former != Sleeper.UNSUPPORTED) {
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
