package dev.sotto.client;

import dev.sotto.client.encryption.CrossSigning;
import dev.sotto.client.encryption.Machine;
import dev.sotto.client.encryption.VerificationDesk;
import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.encryption.identity.DeviceTrust;
import dev.sotto.client.encryption.identity.IdentityChange;
import dev.sotto.client.encryption.identity.KeyRole;
import dev.sotto.client.encryption.identity.OwnIdentityStatus;
import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.event.Trust;
import dev.sotto.client.verification.Method;
import dev.sotto.client.verification.Verification;
import dev.sotto.protocol.crypto.UnpaddedBase64;
import dev.sotto.protocol.crypto.VerifyKey;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Whose devices are whose: verification, and the identities behind it.
///
/// A user's identity is a key that signs the user's devices. It is made at the first login with a
/// password; a later device of the same user becomes one of the user's by verification with one
/// that is.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#device-verification
public final class Security {
  /// Hears how verifications go on.
  @FunctionalInterface
  public interface VerificationHandler {
    /// A verification has come into this phase: a request by somebody, codes to compare, its end.
    /// What it throws goes to [MatrixClient#onProblem]. It holds up other verifications, so it must
    /// not wait for people: answer later, with [Security#confirm] and the like.
    void handle(Verification phase) throws Exception;
  }

  /// Hears of changed identities.
  @FunctionalInterface
  public interface IdentityHandler {
    /// A user shows another identity than before: the user began anew, or somebody pretends to be
    /// the user. If we have verified the former one, nothing is sent to rooms with that user until
    /// [Security#confirmIdentity] or a new verification.
    ///
    /// @param wasVerified whether we have verified the former one
    void handle(UserId user, boolean wasVerified) throws Exception;
  }

  /// How a user's identity is known.
  public enum IdentityTrust {
    /// It was verified.
    VERIFIED,
    /// It is believed as it was seen first.
    KNOWN,
    /// It is another than before, which was not confirmed.
    CHANGED,
    /// The user has none, or it was not heard of yet.
    NONE
  }

  /// A device as others see it.
  ///
  /// @param name what its user calls it; not to be relied on
  /// @param fingerprint its public key, for people to compare
  /// @param trust VERIFIED, SIGNED, UNSIGNED or OWNER_CHANGED
  /// @param isBlocked whether [Security#block] keeps it from reading what we send
  public record DeviceKeys(
      UserId user,
      DeviceId id,
      Optional<String> name,
      String fingerprint,
      Trust trust,
      boolean isBlocked) {}

  private final Machine machine;
  private final Pump pump;
  private final Handlers handlers;
  private final UserId self;
  private final DeviceId here;

  Security(Machine machine, Pump pump, Handlers handlers, UserId self, DeviceId here) {
    this.machine = machine;
    this.pump = pump;
    this.handlers = handlers;
    this.self = self;
    this.here = here;
  }

  private CrossSigning crossSigning() {
    return machine.crossSigning();
  }

  /// This device's public key, for people to compare.
  public String fingerprint() {
    return grouped(machine.fingerprint());
  }

  private static String grouped(VerifyKey key) {
    return UnpaddedBase64.encode(key.bytes()).replaceAll("(.{4})(?=.)", "$1 ");
  }

  /// Whether the server is known to have our identity's signature of this device, so that others
  /// send to it.
  public boolean isDeviceSigned() {
    return crossSigning().status().deviceSigned();
  }

  /// Makes our identity if there is none, and signs this device with it. The server wants the
  /// password for that.
  ///
  /// @return whether there is one now whose keys are here; if not, this device has to be verified
  ///   with another
  public boolean setUpIdentity() {
    if (!hasIdentityKeys()) {
      askFor(self);
      crossSigning().bootstrap();
      pump.flush();
    }
    return hasIdentityKeys();
  }

  /// Makes a new identity in place of the one there is: for when its keys are lost, with all
  /// devices that had them and the recovery key. The server wants the password for that. There is
  /// no way back, and it has its price:
  ///
  /// - Others see that we are not who we were. Who has verified us sends us nothing until that is
  ///   confirmed, and has to verify us again.
  /// - Our other devices are signed by the former identity only: they get no keys until they are
  ///   verified with this one.
  /// - Of whom we have verified, only those stay verified whom this device has verified itself.
  /// - A lost device stays logged in until it is logged out elsewhere. Where it has the key of the
  ///   backup it reads what is put there, so log it out.
  /// - The recovery key is worth nothing any more. [Recovery#setUp] makes another one, and a new
  ///   backup where the key to the former one is lost as well.
  ///
  /// @throws IllegalStateException if the server wants to see the password and it is not known,
  ///   because this session was not begun with it; the former identity stays then
  /// @throws MatrixRequestException if the server refuses, the former identity stays then; or does
  ///   not answer, then it may have the new one, and is offered it again
  public void resetIdentity() {
    askFor(self);
    crossSigning().reset();
    Optional<RuntimeException> failure = pump.flush();
    if (crossSigning().status().uploading()) {
      crossSigning().abandonRefused();
      throw failure
          .filter(cause -> !wantsPassword(cause))
          .orElseGet(
              () ->
                  new IllegalStateException(
                      "The server has not taken the new identity: it wants the password, so open"
                          + " the client with login(user, password).",
                      failure.orElse(null)));
    }
  }

  private static boolean wantsPassword(RuntimeException failure) {
    return failure instanceof MatrixRequestException refusal
        && refusal.status() == 401
        && !refusal.isLoggedOut();
  }

  private boolean hasIdentityKeys() {
    OwnIdentityStatus status = crossSigning().status();
    return !status.uploading()
        && status.deviceSigned()
        && status.privateKeys().containsAll(EnumSet.allOf(KeyRole.class));
  }

  /// A user's devices, as the server shows them now.
  public List<DeviceKeys> devices(UserId user) {
    askFor(user);
    return machine.devices(user).stream()
        .map(this::keys)
        .sorted(Comparator.comparing(DeviceKeys::id))
        .toList();
  }

  /// Has the server say which devices and which identity a user has, where that is not known.
  private void askFor(UserId user) {
    crossSigning().trust(user);
    pump.flush();
  }

  private DeviceKeys keys(Device device) {
    return new DeviceKeys(
        device.user(),
        device.id(),
        Optional.ofNullable(device.displayName()),
        grouped(device.ed25519()),
        trust(machine.trust(device)),
        machine.isBlocked(device));
  }

  private static Trust trust(DeviceTrust device) {
    return switch (device) {
      case VERIFIED -> Trust.VERIFIED;
      case SIGNED -> Trust.SIGNED;
      case UNSIGNED -> Trust.UNSIGNED;
      case OWNER_CHANGED -> Trust.OWNER_CHANGED;
    };
  }

  /// Lets a device read nothing more of what we send, whoever has signed or verified it. It is told
  /// so with the next message; what it can read already, it still can. This is remembered, also
  /// across restarts, until [#unblock].
  ///
  /// @throws IllegalArgumentException if the user has no such device, or it is this one
  public void block(UserId user, DeviceId device) {
    if (user.equals(self) && device.equals(here)) {
      throw new IllegalArgumentException("This very device cannot be blocked.");
    }
    machine.block(find(user, device), true);
  }

  /// Lets a device read again what we send from now on, as far as it could if it had never been
  /// blocked.
  ///
  /// @throws IllegalArgumentException if the user has no such device
  public void unblock(UserId user, DeviceId device) {
    machine.block(find(user, device), false);
  }

  private Device find(UserId user, DeviceId device) {
    return known(user, device)
        .or(
            () -> {
              askFor(user);
              return known(user, device);
            })
        .orElseThrow(() -> new IllegalArgumentException(user + " has no device " + device + "."));
  }

  private Optional<Device> known(UserId user, DeviceId device) {
    return machine.devices(user).stream().filter(one -> one.id().equals(device)).findFirst();
  }

  /// How a user's identity is known.
  public IdentityTrust identity(UserId user) {
    askFor(user);
    return switch (crossSigning().trust(user)) {
      case VERIFIED -> IdentityTrust.VERIFIED;
      case PINNED -> IdentityTrust.KNOWN;
      case CHANGED -> IdentityTrust.CHANGED;
      case NONE -> IdentityTrust.NONE;
    };
  }

  /// Believes a user's changed identity without verification.
  ///
  /// @return whether there was a change to confirm
  public boolean confirmIdentity(UserId user) {
    Optional<IdentityChange> change = crossSigning().unconfirmed(user);
    return change.isPresent() && crossSigning().confirm(user, change.get().current());
  }

  /// Hears how verifications go on.
  public Subscription onVerification(VerificationHandler handler) {
    return handlers.addVerifications(handler);
  }

  /// Hears of changed identities.
  public Subscription onIdentityChange(IdentityHandler handler) {
    return handlers.addIdentities(handler);
  }

  // Verifications

  /// Asks a user for verification, in a room that we share. Where the user has another identity
  /// than the one that was verified nothing goes to the room until that is confirmed, so that the
  /// user's devices are to be asked instead.
  public Verification.RequestSent verify(Room room, UserId user) {
    return step(desk -> desk.request(room.id(), user));
  }

  /// Asks all devices of a user for verification, outside of rooms. The first that answers is
  /// verified.
  ///
  /// @throws IllegalStateException if there are none
  public Verification.RequestSent verify(UserId user) {
    askFor(user);
    return step(desk -> desk.request(user));
  }

  /// Asks one device for verification. Another one of the same user that was asked before is asked
  /// no more.
  public Verification.RequestSent verify(UserId user, DeviceId device) {
    return step(desk -> desk.request(user, device));
  }

  /// Asks our own other devices for verification.
  ///
  /// @throws IllegalStateException if there are none
  public Verification.RequestSent verifyOwnDevices() {
    return verify(self);
  }

  /// Agrees to verify. Here and below the phase is the answer in which the verification is then; it
  /// may have gone on by itself.
  public Verification accept(Verification.RequestReceived request) {
    return step(desk -> desk.accept(request));
  }

  /// Begins to exchange keys. One side must.
  public Verification start(Verification.Ready ready) {
    return step(desk -> desk.start(ready));
  }

  /// Says what this program can do to verify, from now on. It compares codes unless this is called;
  /// whether it can show or scan QR codes, only it knows.
  public void setSupportedMethods(Set<Method> methods) {
    machine.verification().offer(methods);
  }

  /// What a QR code for the other side to scan has to hold, as bytes. Empty if the other side
  /// cannot scan, or a key that belongs into it is not known or not trusted.
  public Optional<byte[]> qrCode(Verification.Ready ready) {
    return machine.verification().qrCode(ready);
  }

  /// Our user has scanned a QR code that holds this. If it is none of this verification, nothing is
  /// done.
  public Verification scan(Verification.Ready ready, byte[] code) {
    return step(desk -> desk.scan(ready, code));
  }

  /// The other device shows that its scan went well, our user says.
  public Verification confirm(Verification.Scanned scanned) {
    return step(desk -> desk.confirm(scanned));
  }

  /// Both devices show the same, our user says.
  public Verification confirm(Verification.KeysExchanged codes) {
    return step(desk -> desk.confirm(codes));
  }

  /// The devices show different codes, our user says.
  public Verification mismatch(Verification.KeysExchanged codes) {
    return step(desk -> desk.mismatch(codes));
  }

  /// Ends a verification, or declines a request.
  public Verification cancel(Verification.Open verification) {
    return step(desk -> desk.cancel(verification));
  }

  /// The verifications that have not ended.
  public List<Verification.Open> openVerifications() {
    return machine.verification().open();
  }

  private <T> T step(Function<VerificationDesk, T> step) {
    T phase = step.apply(machine.verification());
    pump.flush();
    return phase;
  }
}
