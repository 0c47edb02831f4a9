package dev.sotto.client.encryption.identity;

import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.encryption.identity.SignatureChecks.Place;
import dev.sotto.client.encryption.identity.SignatureQueue.Target;
import dev.sotto.client.store.Change;
import dev.sotto.protocol.id.UserId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Says who is verified, from what is known; signs who was verified here.
final class Verdicts {
  private final UserId own;
  private final IdentityStore identities;
  private final PrivateKeys keys;
  private final SignatureQueue signatures;
  private final SignatureChecks checks = new SignatureChecks();

  Verdicts(UserId own, IdentityStore identities, PrivateKeys keys, SignatureQueue signatures) {
    this.own = own;
    this.identities = identities;
    this.keys = keys;
    this.signatures = signatures;
  }

  /// One's own identity, if it is verified and the one that the server shows.
  Optional<KnownIdentity> trustedOwn() {
    return identities.find(own).filter(known -> known.isVerifiedHere() && !known.isChanged());
  }

  boolean isVerified(KnownIdentity known) {
    return known.isVerifiedHere() || isSignedByUs(known);
  }

  /// Whether our user-signing key has signed it, where that key is to be believed.
  boolean isSignedByUs(KnownIdentity known) {
    return !known.user().equals(own)
        && trustedOwn()
            .flatMap(ours -> ours.identity().userSigning())
            .filter(
                key ->
                    checks.confirms(
                        new Place(known.user(), ""),
                        known.identity().master().json(),
                        own,
                        key.key()))
            .isPresent();
  }

  boolean isSignedByOwner(Device device, KnownIdentity owner) {
    return checks.confirms(
        new Place(device.user(), device.id().value()),
        device.json(),
        device.user(),
        owner.identity().selfSigning().key());
  }

  /// What is known of somebody else with our signature, which is queued; empty if it cannot be made
  /// here.
  Optional<KnownIdentity> sign(KnownIdentity known, List<Change> changes) {
    return trustedOwn()
        .flatMap(ours -> ours.identity().userSigning())
        .flatMap(
            key ->
                keys.sign(known.identity().master().json(), key)
                    .flatMap(
                        signed -> {
                          changes.add(
                              signatures.add(
                                  new Target(known.user(), known.master().base64()), signed));
                          return known.identity().master().withSignature(signed, key);
                        }))
        .map(master -> known.showing(known.identity().with(master), known.collides()));
  }

  /// Looks at everybody again since one's own identity is another, or is believed now: remembers
  /// who turns out to be verified, and signs who was verified here without a signature.
  void review() {
    List<KnownIdentity> found = new ArrayList<>();
    List<Change> changes = new ArrayList<>();
    for (KnownIdentity known : identities.all()) {
      if (known.user().equals(own)) {
        continue;
      }
      if (isSignedByUs(known)) {
        found.add(known.foundVerified());
      } else if (known.isVerifiedHere()) {
        sign(known, changes).ifPresent(found::add);
      }
    }
    identities.keep(found, changes);
  }
}
