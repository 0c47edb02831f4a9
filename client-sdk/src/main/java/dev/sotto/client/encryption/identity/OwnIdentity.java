package dev.sotto.client.encryption.identity;

import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.encryption.device.OwnAccount;
import dev.sotto.client.encryption.identity.OwnIdentityStatus.Phase;
import dev.sotto.client.encryption.identity.SignatureQueue.Target;
import dev.sotto.client.encryption.request.OutgoingRequest.CrossSigningUpload;
import dev.sotto.client.encryption.request.OutgoingRequest.SignaturesUpload;
import dev.sotto.client.encryption.request.RequestIds;
import dev.sotto.client.store.Change;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.client.store.Shelf;
import dev.sotto.protocol.crypto.JsonSignatures;
import dev.sotto.protocol.crypto.SigningKey;
import dev.sotto.protocol.crypto.VerifyKey;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// One's own identity: made and published, recovered, and used to sign with.
///
/// A new one is *made* first: its private keys are kept beside those of the former one, and
/// [#upload()] offers the public ones until the server is known to have them, be it by its answer
/// or because it shows them. Only then it is *adopted*: its keys take the place of the former ones.
/// So nothing is lost if the process or the upload ends at any point, or nobody authenticates it.
/// If the server comes to show somebody else's keys in the meantime, what was made is dropped
/// instead of overwriting those.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#cross-signing
public final class OwnIdentity {
  private static final String GROUP = "own";
  private static final String MADE = "made";
  private static final String REPLACES = "replaces";
  private static final String ASKED = "asked";
  private static final String DEVICE_SIGNED = "device_signed";

  /// How often a process signs anew what the server says it does not have: one that never shows it
  /// would be told for ever.
  private static final int MOST_RENEWALS = 3;

  private final CryptoStore store;
  private final OwnAccount account;
  private final SecureRandom random;
  private final RequestIds ids;
  private final IdentityStore identities;
  private final PrivateKeys keys;
  private final SignatureQueue signatures;
  private final Verdicts verdicts;
  private @Nullable Made made;
  private @Nullable CrossSigningUpload underWay;

  // Whether the server refused the upload, so that somebody has to ask for it again.
  private boolean held;
  private boolean asked;
  private int renewals;

  /// What is being published.
  ///
  /// @param replaces the master key that the server showed when it was made
  private record Made(Identity identity, @Nullable VerifyKey replaces) {
    private static Made of(UserId user, byte[] kept) {
      ObjectNode json = Json.parseObject(kept);
      String replaces = json.path(REPLACES).stringValue(null);
      return new Made(
          KnownIdentity.identity(user, json),
          replaces == null ? null : VerifyKey.ofBase64(replaces));
    }

    private byte[] bytes() {
      ObjectNode json = KnownIdentity.json(identity);
      if (replaces != null) {
        json.put(REPLACES, replaces.base64());
      }
      return Json.bytes(json);
    }
  }

  OwnIdentity(
      CryptoStore store,
      OwnAccount account,
      SecureRandom random,
      RequestIds ids,
      IdentityStore identities,
      PrivateKeys keys,
      SignatureQueue signatures,
      Verdicts verdicts) {
    this.store = store;
    this.account = account;
    this.random = random;
    this.ids = ids;
    this.identities = identities;
    this.keys = keys;
    this.signatures = signatures;
    this.verdicts = verdicts;
    made = kept(MADE).map(json -> Made.of(account.user(), json)).orElse(null);
    asked = kept(ASKED).isPresent();
  }

  private Optional<byte[]> kept(String name) {
    return store.get(Shelf.IDENTITIES, GROUP, name);
  }

  private static Change put(String name, byte[] value) {
    return new Change.Put(Shelf.IDENTITIES, GROUP, name, value);
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
    boolean signed =
        key(KeyRole.SELF_SIGNING)
            .filter(key -> Arrays.equals(key.key().bytes(), kept(DEVICE_SIGNED).orElse(null)))
            .isPresent();
    return new OwnIdentityStatus(
        phase, made != null, verdicts.trustedOwn().isPresent(), here, signed);
  }

  private Optional<CrossSigningKey> key(KeyRole role) {
    return current().flatMap(known -> known.identity().key(role));
  }

  /// Makes an identity if there is none. To be asked for before is [Phase#NONE]: the server must
  /// have been asked for one's own keys.
  public BootstrapOutcome bootstrap() {
    held = false;
    if (made != null) {
      return BootstrapOutcome.MADE;
    }
    if (current().isPresent()) {
      return BootstrapOutcome.EXISTS;
    }
    if (!asked) {
      return BootstrapOutcome.NOT_ASKED;
    }
    make();
    return BootstrapOutcome.MADE;
  }

  /// Makes an identity in place of the one there is: all of one's devices and everybody who
  /// verified one have to begin anew. Does nothing more while one is being published.
  public void reset() {
    held = false;
    if (made == null || isOvertaken(made)) {
      make();
    }
  }

  private void make() {
    UserId user = account.user();
    try (SigningKey master = PrivateKeys.generate(random);
        SigningKey selfSigning = PrivateKeys.generate(random);
        SigningKey userSigning = PrivateKeys.generate(random)) {
      CrossSigningKey first = CrossSigningKey.of(user, KeyRole.MASTER, master);
      account.sign(first.json());
      Made next =
          new Made(
              new Identity(
                  first,
                  signed(CrossSigningKey.of(user, KeyRole.SELF_SIGNING, selfSigning), master),
                  Optional.of(
                      signed(CrossSigningKey.of(user, KeyRole.USER_SIGNING, userSigning), master))),
              current().map(KnownIdentity::master).orElse(null));
      store.apply(
          List.of(
              PrivateKeys.made(KeyRole.MASTER, master),
              PrivateKeys.made(KeyRole.SELF_SIGNING, selfSigning),
              PrivateKeys.made(KeyRole.USER_SIGNING, userSigning),
              put(MADE, next.bytes())));
      made = next;
      underWay = null;
    }
  }

  private static CrossSigningKey signed(CrossSigningKey key, SigningKey master) {
    JsonSignatures.sign(key.json(), key.user().value(), master);
    return key;
  }

  /// Whether the server shows other keys than when it was made.
  private boolean isOvertaken(Made one) {
    return !Objects.equals(one.replaces, current().map(KnownIdentity::master).orElse(null));
  }

  /// The new identity to publish, if there is one and this is not under way. The server has to have
  /// this device's keys before.
  public Optional<CrossSigningUpload> upload() {
    Made outstanding = made;
    if (outstanding == null || underWay != null || held) {
      return Optional.empty();
    }
    if (isOvertaken(outstanding)) {
      abandon();
      return Optional.empty();
    }
    ObjectNode body = Json.object();
    for (KeyRole role : KeyRole.values()) {
      outstanding
          .identity
          .key(role)
          .ifPresent(key -> body.set(role.field(), key.json().deepCopy()));
    }
    CrossSigningUpload request = new CrossSigningUpload(ids.next(), body);
    underWay = request;
    return Optional.of(request);
  }

  /// The server has the new identity.
  public void sent(CrossSigningUpload request) {
    if (request.equals(underWay)) {
      adopt();
    }
  }

  /// It is not known whether the server has it; it is offered again.
  public void failed(CrossSigningUpload request) {
    if (request.equals(underWay)) {
      underWay = null;
    }
  }

  /// The server does not take it, for example since nobody could authenticate. It is offered again
  /// when [#bootstrap()] or [#reset()] is called, or by the next process.
  public void refused(CrossSigningUpload request) {
    if (request.equals(underWay)) {
      underWay = null;
      held = true;
    }
  }

  /// Gives up what was made if the server has refused it, so that nobody offers it again.
  ///
  /// @return false if it may have arrived, or was published; then nothing is done
  public boolean abandonRefused() {
    boolean refused = held && made != null;
    if (refused) {
      abandon();
    }
    return refused;
  }

  private void abandon() {
    List<Change> changes = new ArrayList<>(PrivateKeys.drop());
    changes.add(new Change.Delete(Shelf.IDENTITIES, GROUP, MADE));
    store.apply(changes);
    made = null;
    underWay = null;
    held = false;
  }

  /// Adopts what was made if the server shows it.
  void adoptIfShown(ObjectNode answer) {
    Made outstanding = made;
    if (outstanding != null
        && Identity.of(account.user(), answer)
            .filter(shown -> shown.master().key().equals(outstanding.identity.master().key()))
            .isPresent()) {
      adopt();
    }
  }

  private void adopt() {
    Made adopted = made;
    if (adopted == null) {
      return;
    }
    List<Change> changes = new ArrayList<>(keys.adopt());
    changes.addAll(PrivateKeys.drop());
    changes.add(new Change.Delete(Shelf.IDENTITIES, GROUP, MADE));
    identities.keep(List.of(KnownIdentity.first(adopted.identity, false).verified()), changes);
    made = null;
    underWay = null;
    established();
  }

  /// One's own identity is believed from now on: it and this device sign each other, and everybody
  /// is looked at again.
  void established() {
    endorse(true, true);
    verdicts.review();
  }

  private void endorse(boolean device, boolean master) {
    Identity identity = verdicts.trustedOwn().map(KnownIdentity::identity).orElse(null);
    if (identity == null) {
      return;
    }
    List<Change> changes = new ArrayList<>();
    if (device) {
      keys.sign(account.deviceKeys(), identity.selfSigning())
          .ifPresent(signed -> changes.add(signatures.add(thisDevice(), signed)));
    }
    if (master) {
      ObjectNode signed = account.sign(CrossSigningKey.signedPart(identity.master().json()));
      changes.add(signatures.add(target(identity.master()), signed));
    }
    if (!changes.isEmpty()) {
      store.apply(changes);
    }
  }

  private Target thisDevice() {
    return new Target(account.user(), account.device().value());
  }

  private static Target target(CrossSigningKey key) {
    return new Target(key.user(), key.key().base64());
  }

  /// Hears what the server says of one's own keys, after the identity was read from it.
  void heard(ObjectNode answer) {
    if (!asked) {
      asked = true;
      store.apply(List.of(put(ASKED, new byte[0])));
    }
    signatures.release();
    Identity identity = current().map(KnownIdentity::identity).orElse(null);
    JsonNode shown =
        answer.path("device_keys").path(account.user().value()).path(account.device().value());
    Optional<Device> device =
        Device.of(account.user(), account.device(), shown)
            .filter(found -> found.ed25519().equals(account.keys().ed25519Key()));
    if (identity == null || device.isEmpty()) {
      return;
    }
    CrossSigningKey key = identity.selfSigning();
    boolean deviceSigned =
        JsonSignatures.verify(device.get().json(), account.user().value(), key.keyId(), key.key());
    boolean masterSigned =
        Identity.given(account.user(), KeyRole.MASTER, answer) instanceof ObjectNode master
            && JsonSignatures.verify(
                master,
                account.user().value(),
                "ed25519:" + account.device().value(),
                account.keys().ed25519Key());
    if (deviceSigned) {
      noteDeviceSigned(key);
    }
    boolean signDevice = !deviceSigned && !signatures.has(thisDevice());
    boolean signMaster = !masterSigned && !signatures.has(target(identity.master()));
    if ((signDevice || signMaster)
        && renewals < MOST_RENEWALS
        && verdicts.trustedOwn().isPresent()) {
      renewals++;
      endorse(signDevice, signMaster);
    }
  }

  private void noteDeviceSigned(CrossSigningKey key) {
    byte[] bytes = key.key().bytes();
    if (!Arrays.equals(bytes, kept(DEVICE_SIGNED).orElse(null))) {
      store.apply(List.of(put(DEVICE_SIGNED, bytes)));
    }
  }

  /// Signatures to publish, if there are some and none are under way. They may be sent again.
  public Optional<SignaturesUpload> signatures() {
    return signatures.upload();
  }

  /// The server has the signatures, but for those that the answer names in `failures`.
  public void sent(SignaturesUpload request, ObjectNode answer) {
    Map<Target, ObjectNode> accepted = signatures.sent(request, answer);
    ObjectNode device = accepted.get(thisDevice());
    key(KeyRole.SELF_SIGNING)
        .filter(
            key ->
                device != null
                    && JsonSignatures.signature(device, account.user().value(), key.keyId())
                        != null)
        .ifPresent(this::noteDeviceSigned);
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
    Optional<CrossSigningKey> key = trusted(role);
    Optional<SigningKey> pair = key.flatMap(keys::of);
    if (key.isEmpty() || pair.isEmpty()) {
      return false;
    }
    try (SigningKey own = pair.get()) {
      JsonSignatures.sign(object, account.user().value(), own);
      return true;
    }
  }

  /// Whether an object has a good signature of one's own identity, which has to be verified.
  public boolean hasSigned(KeyRole role, ObjectNode object) {
    return trusted(role)
        .filter(
            key -> JsonSignatures.verify(object, account.user().value(), key.keyId(), key.key()))
        .isPresent();
  }

  private Optional<CrossSigningKey> trusted(KeyRole role) {
    return verdicts.trustedOwn().flatMap(known -> known.identity().key(role));
  }

  /// Signs another device of one's own; false if that is not possible here.
  boolean signDevice(Device device) {
    Optional<ObjectNode> signed =
        trusted(KeyRole.SELF_SIGNING).flatMap(key -> keys.sign(device.json(), key));
    signed.ifPresent(
        json ->
            store.apply(
                List.of(signatures.add(new Target(device.user(), device.id().value()), json))));
    return signed.isPresent();
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
