package dev.sotto.client.encryption.identity;

import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.encryption.device.OwnAccount;
import dev.sotto.client.encryption.identity.OwnIdentityStatus.Phase;
import dev.sotto.client.encryption.request.OutgoingRequest.CrossSigningUpload;
import dev.sotto.client.encryption.request.OutgoingRequest.SignaturesUpload;
import dev.sotto.client.encryption.request.RequestIds;
import dev.sotto.client.store.Change;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.client.store.Shelf;
import dev.sotto.protocol.crypto.SigningKey;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// One's own identity: made and published, recovered, and used to sign with.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#cross-signing
public final class OwnIdentity {
  /// Where it is kept what is known of it.
  static final String GROUP = "own";

  private static final String ASKED = "asked";

  private final CryptoStore store;
  private final OwnAccount account;
  private final IdentityStore identities;
  private final PrivateKeys keys;
  private final Verdicts verdicts;
  private final NewIdentity made;
  private final OwnSignatures signatures;
  private boolean asked;

  OwnIdentity(
      CryptoStore store,
      OwnAccount account,
      SecureRandom random,
      RequestIds ids,
      IdentityStore identities,
      PrivateKeys keys,
      SignatureQueue queue,
      Verdicts verdicts) {
    this.store = store;
    this.account = account;
    this.identities = identities;
    this.keys = keys;
    this.verdicts = verdicts;
    made = new NewIdentity(store, account, random, ids, identities, keys);
    signatures = new OwnSignatures(store, account, identities, keys, queue, verdicts);
    asked = store.get(Shelf.IDENTITIES, GROUP, ASKED).isPresent();
  }

  private Optional<KnownIdentity> current() {
    return identities.find(account.user());
  }

  /// How it stands.
  public OwnIdentityStatus status() {
    Optional<KnownIdentity> known = current();
    Phase phase =
        known
            .map(identity -> identity.isChanged() ? Phase.REPLACED : Phase.PRESENT)
            .orElse(asked ? Phase.NONE : Phase.NOT_ASKED);
    Set<KeyRole> here = EnumSet.noneOf(KeyRole.class);
    for (KeyRole role : KeyRole.values()) {
      if (key(role).filter(keys::has).isPresent()) {
        here.add(role);
      }
    }
    boolean signed = key(KeyRole.SELF_SIGNING).filter(signatures::isDeviceSigned).isPresent();
    return new OwnIdentityStatus(
        phase, made.exists(), verdicts.trustedOwn().isPresent(), here, signed);
  }

  private Optional<CrossSigningKey> key(KeyRole role) {
    return current().flatMap(known -> known.identity().key(role));
  }

  /// Makes an identity if there is none. To be asked for before is [Phase#NONE]: the server must
  /// have been asked for one's own keys.
  public BootstrapOutcome bootstrap() {
    made.release();
    if (made.exists()) {
      return BootstrapOutcome.MADE;
    }
    if (current().isPresent()) {
      return BootstrapOutcome.EXISTS;
    }
    if (!asked) {
      return BootstrapOutcome.NOT_ASKED;
    }
    made.make();
    return BootstrapOutcome.MADE;
  }

  /// Makes an identity in place of the one there is: all of one's devices and everybody who
  /// verified one have to begin anew. Does nothing more while one is being published.
  public void reset() {
    made.release();
    if (!made.exists() || made.isOvertaken()) {
      made.make();
    }
  }

  /// The new identity to publish, if there is one and this is not under way. The server has to have
  /// this device's keys before.
  public Optional<CrossSigningUpload> upload() {
    return made.upload();
  }

  /// The server has the new identity.
  public void sent(CrossSigningUpload request) {
    if (made.sent(request)) {
      established();
    }
  }

  /// It is not known whether the server has it; it is offered again.
  public void failed(CrossSigningUpload request) {
    made.failed(request);
  }

  /// The server does not take it, for example since nobody could authenticate. It is offered again
  /// when [#bootstrap()] or [#reset()] is called, or by the next process.
  public void refused(CrossSigningUpload request) {
    made.refused(request);
  }

  /// Gives up what was made if the server has refused it, so that nobody offers it again.
  ///
  /// @return false if it may have arrived, or was published; then nothing is done
  public boolean abandonRefused() {
    return made.abandonRefused();
  }

  /// Adopts what was made if the server shows it.
  void adoptIfShown(ObjectNode answer) {
    if (made.adoptIfShown(answer)) {
      established();
    }
  }

  /// One's own identity is believed from now on: it and this device sign each other, and everybody
  /// is looked at again.
  void established() {
    signatures.endorse(true, true);
    verdicts.review();
  }

  /// Hears what the server says of one's own keys, after the identity was read from it.
  void heard(ObjectNode answer) {
    if (!asked) {
      asked = true;
      store.apply(List.of(new Change.Put(Shelf.IDENTITIES, GROUP, ASKED, new byte[0])));
    }
    signatures.heard(answer);
  }

  /// Signatures to publish, if there are some and none are under way. They may be sent again.
  public Optional<SignaturesUpload> signatures() {
    return signatures.upload();
  }

  /// The server has the signatures, but for those that the answer names in `failures`.
  public void sent(SignaturesUpload request, ObjectNode answer) {
    signatures.sent(request, answer);
  }

  /// The server takes none of these signatures: they are tried again with the next news of keys,
  /// and given up in the end.
  public void refused(SignaturesUpload request) {
    signatures.refused(request);
  }

  /// It is not known whether the server has the signatures; they are offered again.
  public void failed(SignaturesUpload request) {
    signatures.failed(request);
  }

  /// Takes private keys from secret storage or from another device. They are kept if they belong to
  /// the public keys that the server shows. Who knows the master key is the user: it makes the
  /// identity verified, while the other two do not.
  public Map<KeyRole, ImportOutcome> importKeys(Map<KeyRole, PrivateSeed> seeds) {
    Map<KeyRole, ImportOutcome> outcomes = new EnumMap<>(KeyRole.class);
    List<Change> changes = new ArrayList<>();
    seeds.forEach((role, seed) -> outcomes.put(role, imported(role, seed, changes)));
    if (changes.isEmpty()) {
      return outcomes;
    }
    boolean proven = outcomes.get(KeyRole.MASTER) == ImportOutcome.IMPORTED;
    identities.keep(
        proven ? current().map(KnownIdentity::verified).stream().toList() : List.of(), changes);
    established();
    return outcomes;
  }

  private ImportOutcome imported(KeyRole role, PrivateSeed seed, List<Change> changes) {
    CrossSigningKey key = key(role).orElse(null);
    if (key == null) {
      return ImportOutcome.NO_IDENTITY;
    }
    try (SigningKey pair = PrivateKeys.named(seed.bytes())) {
      if (!pair.verifyKey().equals(key.key())) {
        return ImportOutcome.MISMATCH;
      }
      changes.add(PrivateKeys.put(role, pair));
      return ImportOutcome.IMPORTED;
    }
  }

  /// A private key, for secret storage or another device of one's own; empty if it is not here, or
  /// belongs to another identity than the one that is shown. The caller closes it.
  public Optional<PrivateSeed> exported(KeyRole role) {
    return key(role).flatMap(keys::of).map(OwnIdentity::seed);
  }

  private static PrivateSeed seed(SigningKey pair) {
    try (pair) {
      byte[] bytes = pair.seed();
      PrivateSeed seed = PrivateSeed.of(bytes);
      Arrays.fill(bytes, (byte) 0);
      return seed;
    }
  }

  /// Adds a signature of one's own identity to an object, for example that of a key backup; false,
  /// with nothing added, if the identity is not verified or the private key is not here.
  public boolean sign(KeyRole role, ObjectNode object) {
    return signatures.sign(role, object);
  }

  /// Whether an object has a good signature of one's own identity, which has to be verified.
  public boolean hasSigned(KeyRole role, ObjectNode object) {
    return signatures.hasSigned(role, object);
  }

  /// Signs another device of one's own; false if that is not possible here.
  boolean signDevice(Device device) {
    return signatures.signDevice(device);
  }

  /// What follows from going on with an identity that is not verified: private keys of the former
  /// one are dropped.
  List<Change> confirmed() {
    List<Change> changes = new ArrayList<>();
    for (KeyRole role : KeyRole.values()) {
      if (key(role).filter(keys::has).isEmpty()) {
        changes.add(PrivateKeys.delete(role));
      }
    }
    return changes;
  }
}
