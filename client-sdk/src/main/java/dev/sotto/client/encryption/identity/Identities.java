package dev.sotto.client.encryption.identity;

import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.encryption.device.OwnAccount;
import dev.sotto.client.encryption.request.RequestIds;
import dev.sotto.client.store.Change;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.protocol.crypto.VerifyKey;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Knows users by their identities, and which devices are theirs. Not for several threads.
///
/// An identity is pinned when it is seen first. From then on a server can take nothing away: an
/// answer without a user's keys, with incomplete ones or without a signature of ours leaves the
/// identity as it was (there is no way to be rid of one in Matrix but to make another), and another
/// master key is a change, which takes the trust of all the user's devices until it is confirmed or
/// the user is verified anew. Whether the user was verified before is remembered apart from the
/// signature that said so, so that it cannot be made forgotten. What a server can do is to show
/// none to somebody who never saw one, whose devices are `UNSIGNED` then; to hold back a newer
/// identity or a signature; and to show an older self-signing key, which the master key has signed
/// for good.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#cross-signing
public final class Identities {
  /// How many signatures of ours are kept of a master key: the user-signing key that made one of
  /// them may only be known later.
  private static final int MOST_SIGNATURES = 4;

  private static final int MAX_SIGNATURE_LENGTH = 100;

  private final OwnAccount account;
  private final IdentityStore identities;
  private final VerifiedDevices verifiedDevices;
  private final Verdicts verdicts;
  private final OwnIdentity own;

  public Identities(CryptoStore store, OwnAccount account, SecureRandom random, RequestIds ids) {
    this.account = account;
    identities = new IdentityStore(store);
    verifiedDevices = new VerifiedDevices(store);
    PrivateKeys keys = new PrivateKeys(store);
    SignatureQueue signatures = new SignatureQueue(store, ids);
    verdicts = new Verdicts(account.user(), identities, keys, signatures);
    own = new OwnIdentity(store, account, random, ids, identities, keys, signatures, verdicts);
  }

  /// One's own identity.
  public OwnIdentity own() {
    return own;
  }

  /// A user's identity as it was shown last; see [#trust(UserId)] for whether to believe it.
  public Optional<Identity> of(UserId user) {
    return identities.find(user).map(KnownIdentity::identity);
  }

  /// What is known of a user's identity.
  public UserTrust trust(UserId user) {
    return identities
        .find(user)
        .map(
            known ->
                known.isChanged()
                    ? UserTrust.CHANGED
                    : verdicts.isVerified(known) ? UserTrust.VERIFIED : UserTrust.PINNED)
        .orElse(UserTrust.NONE);
  }

  /// What is known of whose this device is.
  public DeviceTrust trust(Device device) {
    if (isThisDevice(device)) {
      return DeviceTrust.VERIFIED;
    }
    Optional<KnownIdentity> found = identities.find(device.user());
    Optional<IdentityChange> change = found.flatMap(KnownIdentity::change);
    if (change.filter(IdentityChange::wasVerified).isPresent()) {
      return DeviceTrust.OWNER_CHANGED;
    }
    if (change.isPresent() && device.user().equals(account.user())) {
      // Others who were not verified begin anew as they please. An identity of one's own that
      // another has put in its place would let whoever did so add devices.
      return DeviceTrust.UNSIGNED;
    }
    if (verifiedDevices.contains(device, found.map(KnownIdentity::master))) {
      return DeviceTrust.VERIFIED;
    }
    return found
        .filter(owner -> verdicts.isSignedByOwner(device, owner))
        .map(owner -> verdicts.isVerified(owner) ? DeviceTrust.VERIFIED : DeviceTrust.SIGNED)
        .orElse(DeviceTrust.UNSIGNED);
  }

  private boolean isThisDevice(Device device) {
    return device.user().equals(account.user())
        && device.id().equals(account.device())
        && device.ed25519().equals(account.keys().ed25519Key())
        && device.curve25519().equals(account.keys().curve25519Key());
  }

  /// Hears the answer to a query of the keys of `users`; what it says of others is passed over.
  ///
  /// @return those whose master key is another than before and has to be confirmed
  public List<IdentityChange> answered(Set<UserId> users, ObjectNode answer) {
    List<IdentityChange> changes = new ArrayList<>();
    boolean ofOneself = users.contains(account.user());
    if (ofOneself) {
      answeredOfOneself(answer, changes);
    }
    List<KnownIdentity> news = new ArrayList<>();
    for (UserId user : users) {
      if (!user.equals(account.user())) {
        update(user, answer, changes).ifPresent(news::add);
      }
    }
    identities.keep(news, List.of());
    return List.copyOf(changes);
  }

  private void answeredOfOneself(ObjectNode answer, List<IdentityChange> changes) {
    own.adoptIfShown(answer);
    Optional<KnownIdentity> news = update(account.user(), answer, changes);
    identities.keep(news.stream().toList(), List.of());
    if (!answer.path("failures").has(account.user().server().value())) {
      own.heard(answer);
    }
    if (news.isPresent()) {
      // With another user-signing key, others are verified.
      verdicts.review();
    }
  }

  /// What is to be remembered of a user after an answer, if that is anything new.
  private Optional<KnownIdentity> update(
      UserId user, ObjectNode answer, List<IdentityChange> changes) {
    Optional<Identity> shown = Identity.of(user, answer);
    if (shown.isEmpty()) {
      return Optional.empty();
    }
    boolean ofOneself = user.equals(account.user());
    Identity identity = ofOneself ? shown.get() : withOurSignatures(shown.get(), answer);
    boolean collides = collides(identity, answer.path("device_keys").path(user.value()));
    Optional<KnownIdentity> known = identities.find(user);
    KnownIdentity next =
        known
            .map(before -> after(before, identity, collides))
            .orElseGet(() -> KnownIdentity.first(identity, collides));
    if (verdicts.isVerified(next)) {
      next = next.foundVerified();
    }
    if (known.filter(before -> !before.master().equals(identity.master().key())).isPresent()) {
      next.change().ifPresent(changes::add);
    }
    return known.equals(Optional.of(next)) ? Optional.empty() : Optional.of(next);
  }

  private KnownIdentity after(KnownIdentity before, Identity shown, boolean collides) {
    KnownIdentity known = verdicts.isVerified(before) ? before.foundVerified() : before;
    if (!known.master().equals(shown.master().key())) {
      return known.showing(shown, collides);
    }
    Identity whole =
        new Identity(
            shown.master(),
            shown.selfSigning(),
            shown.userSigning().or(() -> known.identity().userSigning()));
    KnownIdentity next = known.showing(whole, collides);
    // Our signature was there before: nobody can take it back.
    return verdicts.isSignedByUs(known) && !verdicts.isSignedByUs(next)
        ? known.showing(whole.with(known.identity().master()), collides)
        : next;
  }

  /// With the signatures that a user-signing key of ours may have made of somebody's master key.
  private Identity withOurSignatures(Identity shown, ObjectNode answer) {
    JsonNode ours =
        Identity.given(shown.user(), KeyRole.MASTER, answer)
            .path("signatures")
            .path(account.user().value());
    ObjectNode kept = Json.object();
    identities
        .find(account.user())
        .flatMap(known -> known.identity().userSigning())
        .ifPresent(key -> keep(ours, key.keyId(), kept));
    for (String keyId : ours.propertyNames()) {
      if (kept.size() >= MOST_SIGNATURES) {
        break;
      }
      keep(ours, keyId, kept);
    }
    if (kept.isEmpty()) {
      return shown;
    }
    CrossSigningKey master = shown.master();
    ObjectNode json = master.json().deepCopy();
    json.putObject("signatures").set(account.user().value(), kept);
    return shown.with(new CrossSigningKey(master.user(), master.role(), master.key(), json));
  }

  private static void keep(JsonNode signatures, String keyId, ObjectNode kept) {
    String signature = signatures.path(keyId).stringValue(null);
    if (signature != null
        && signature.length() <= MAX_SIGNATURE_LENGTH
        && keyId.length() <= MAX_SIGNATURE_LENGTH) {
      kept.put(keyId, signature);
    }
  }

  private static boolean collides(Identity identity, JsonNode devices) {
    return Stream.of(KeyRole.values())
        .flatMap(role -> identity.key(role).stream())
        .anyMatch(key -> devices.has(key.key().base64()));
  }

  /// The change of a user's identity that is still to be confirmed, if there is one.
  public Optional<IdentityChange> unconfirmed(UserId user) {
    return identities.find(user).flatMap(KnownIdentity::change);
  }

  /// Believes a changed identity without verification, and forgets that an earlier one was
  /// verified. Of oneself, this gives up the private keys of the former identity.
  ///
  /// @param master what was confirmed; if the server shows yet another one by now, nothing is done
  /// @return whether it was
  public boolean confirm(UserId user, VerifyKey master) {
    Optional<KnownIdentity> changed =
        identities.find(user).filter(known -> known.isChanged() && known.master().equals(master));
    changed.ifPresent(
        known ->
            identities.keep(
                List.of(known.confirmed()),
                user.equals(account.user()) ? own.confirmed() : List.of()));
    return changed.isPresent();
  }

  /// A user was verified, for example by comparing emoji: the master key is the user's. This
  /// confirms a change as well.
  ///
  /// @param master what was verified, as it was when the verification began
  public VerifyOutcome verified(UserId user, VerifyKey master) {
    KnownIdentity known = identities.find(user).orElse(null);
    if (known == null || known.collides() || !known.master().equals(master)) {
      return VerifyOutcome.REFUSED;
    }
    KnownIdentity verified = known.verified();
    if (user.equals(account.user())) {
      identities.keep(List.of(verified), List.of());
      own.established();
      return VerifyOutcome.SIGNED;
    }
    List<Change> changes = new ArrayList<>();
    Optional<KnownIdentity> signed = verdicts.sign(verified, changes);
    identities.keep(List.of(signed.orElse(verified)), changes);
    return signed.isPresent() ? VerifyOutcome.SIGNED : VerifyOutcome.KEPT_HERE;
  }

  /// A device was verified itself. One of one's own is signed, another user's is not: that is its
  /// owner's to do. It is verified for as long as its owner has the identity that there is now.
  ///
  /// @param device as it was when the verification began
  public VerifyOutcome verified(Device device) {
    if (isThisDevice(device)) {
      return VerifyOutcome.REFUSED;
    }
    verifiedDevices.add(device, identities.find(device.user()).map(KnownIdentity::master));
    return device.user().equals(account.user()) && own.signDevice(device)
        ? VerifyOutcome.SIGNED
        : VerifyOutcome.KEPT_HERE;
  }
}
