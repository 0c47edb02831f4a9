package dev.sotto.client.encryption.identity;

import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.encryption.device.OwnAccount;
import dev.sotto.client.encryption.identity.SignatureQueue.Target;
import dev.sotto.client.encryption.request.OutgoingRequest.SignaturesUpload;
import dev.sotto.client.store.Change;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.client.store.Shelf;
import dev.sotto.protocol.crypto.JsonSignatures;
import dev.sotto.protocol.crypto.SigningKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What is signed by one's own identity and by this device, and how far the server has it.
final class OwnSignatures {
  private static final String DEVICE_SIGNED = "device_signed";

  /// How often a process signs anew what the server says it does not have: one that never shows it
  /// would be told for ever.
  private static final int MOST_RENEWALS = 3;

  private final CryptoStore store;
  private final OwnAccount account;
  private final IdentityStore identities;
  private final PrivateKeys keys;
  private final SignatureQueue queue;
  private final Verdicts verdicts;
  private int renewals;

  OwnSignatures(
      CryptoStore store,
      OwnAccount account,
      IdentityStore identities,
      PrivateKeys keys,
      SignatureQueue queue,
      Verdicts verdicts) {
    this.store = store;
    this.account = account;
    this.identities = identities;
    this.keys = keys;
    this.queue = queue;
    this.verdicts = verdicts;
  }

  private Optional<Identity> current() {
    return identities.find(account.user()).map(KnownIdentity::identity);
  }

  /// Whether the server is known to have this device's signature by this key.
  boolean isDeviceSigned(CrossSigningKey key) {
    return Arrays.equals(
        key.key().bytes(),
        store.get(Shelf.IDENTITIES, OwnIdentity.GROUP, DEVICE_SIGNED).orElse(null));
  }

  /// Signs this device and the identity with each other, if that is believed.
  void endorse(boolean device, boolean master) {
    Identity identity = verdicts.trustedOwn().map(KnownIdentity::identity).orElse(null);
    if (identity == null) {
      return;
    }
    List<Change> changes = new ArrayList<>();
    if (device) {
      keys.sign(account.deviceKeys(), identity.selfSigning())
          .ifPresent(signed -> changes.add(queue.add(thisDevice(), signed)));
    }
    if (master) {
      ObjectNode signed = account.sign(CrossSigningKey.signedPart(identity.master().json()));
      changes.add(queue.add(target(identity.master()), signed));
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
    queue.release();
    Identity identity = current().orElse(null);
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
    boolean signDevice = !deviceSigned && !queue.has(thisDevice());
    boolean signMaster = !masterSigned && !queue.has(target(identity.master()));
    if ((signDevice || signMaster)
        && renewals < MOST_RENEWALS
        && verdicts.trustedOwn().isPresent()) {
      renewals++;
      endorse(signDevice, signMaster);
    }
  }

  private void noteDeviceSigned(CrossSigningKey key) {
    if (!isDeviceSigned(key)) {
      byte[] bytes = key.key().bytes();
      store.apply(
          List.of(new Change.Put(Shelf.IDENTITIES, OwnIdentity.GROUP, DEVICE_SIGNED, bytes)));
    }
  }

  /// Signatures to publish, if there are some and none are under way. They may be sent again.
  Optional<SignaturesUpload> upload() {
    return queue.upload();
  }

  /// The server has the signatures, but for those that the answer names in `failures`.
  void sent(SignaturesUpload request, ObjectNode answer) {
    Map<Target, ObjectNode> accepted = queue.sent(request, answer);
    ObjectNode device = accepted.get(thisDevice());
    current()
        .map(Identity::selfSigning)
        .filter(
            key ->
                device != null
                    && JsonSignatures.signature(device, account.user().value(), key.keyId())
                        != null)
        .ifPresent(this::noteDeviceSigned);
  }

  /// The server takes none of these signatures: they are tried again with the next news of keys,
  /// and given up in the end.
  void refused(SignaturesUpload request) {
    queue.refused(request);
  }

  /// It is not known whether the server has the signatures; they are offered again.
  void failed(SignaturesUpload request) {
    queue.failed(request);
  }

  /// Adds a signature of one's own identity to an object, for example that of a key backup; false,
  /// with nothing added, if the identity is not verified or the private key is not here.
  boolean sign(KeyRole role, ObjectNode object) {
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
  boolean hasSigned(KeyRole role, ObjectNode object) {
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
            store.apply(List.of(queue.add(new Target(device.user(), device.id().value()), json))));
    return signed.isPresent();
  }
}
