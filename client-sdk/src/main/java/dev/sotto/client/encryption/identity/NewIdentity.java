package dev.sotto.client.encryption.identity;

import dev.sotto.client.encryption.device.OwnAccount;
import dev.sotto.client.encryption.request.OutgoingRequest.CrossSigningUpload;
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
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// An identity on its way to the server.
///
/// It is *made* first: its private keys are kept beside those of the former one, and [#upload()]
/// offers the public ones until the server is known to have them, be it by its answer or because it
/// shows them. Only then it is *adopted*: its keys take the place of the former ones. So nothing is
/// lost if the process or the upload ends at any point, or nobody authenticates it. If the server
/// comes to show somebody else's keys in the meantime, what was made is dropped instead of
/// overwriting those.
final class NewIdentity {
  private static final String MADE = "made";
  private static final String REPLACES = "replaces";

  private final CryptoStore store;
  private final OwnAccount account;
  private final SecureRandom random;
  private final RequestIds ids;
  private final IdentityStore identities;
  private final PrivateKeys keys;
  private @Nullable Made made;
  private @Nullable CrossSigningUpload underWay;

  // Whether the server refused the upload, so that somebody has to ask for it again.
  private boolean held;

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

  NewIdentity(
      CryptoStore store,
      OwnAccount account,
      SecureRandom random,
      RequestIds ids,
      IdentityStore identities,
      PrivateKeys keys) {
    this.store = store;
    this.account = account;
    this.random = random;
    this.ids = ids;
    this.identities = identities;
    this.keys = keys;
    made =
        store
            .get(Shelf.IDENTITIES, OwnIdentity.GROUP, MADE)
            .map(json -> Made.of(account.user(), json))
            .orElse(null);
  }

  /// Whether there is one that the server is not known to have.
  boolean exists() {
    return made != null;
  }

  /// What the server has refused is offered again.
  void release() {
    held = false;
  }

  /// Makes one, in place of the one that may be on its way.
  void make() {
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
              shownMaster());
      store.apply(
          List.of(
              PrivateKeys.made(KeyRole.MASTER, master),
              PrivateKeys.made(KeyRole.SELF_SIGNING, selfSigning),
              PrivateKeys.made(KeyRole.USER_SIGNING, userSigning),
              new Change.Put(Shelf.IDENTITIES, OwnIdentity.GROUP, MADE, next.bytes())));
      made = next;
      underWay = null;
    }
  }

  private static CrossSigningKey signed(CrossSigningKey key, SigningKey master) {
    JsonSignatures.sign(key.json(), key.user().value(), master);
    return key;
  }

  private @Nullable VerifyKey shownMaster() {
    return identities.find(account.user()).map(KnownIdentity::master).orElse(null);
  }

  /// Whether there is one, and the server shows other keys now than when it was made.
  boolean isOvertaken() {
    Made one = made;
    return one != null && !Objects.equals(one.replaces, shownMaster());
  }

  /// What to publish, if there is something and it is not under way. The server has to have this
  /// device's keys before.
  Optional<CrossSigningUpload> upload() {
    Made outstanding = made;
    if (outstanding == null || underWay != null || held) {
      return Optional.empty();
    }
    if (isOvertaken()) {
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

  /// The server has it.
  ///
  /// @return whether it was adopted
  boolean sent(CrossSigningUpload request) {
    return request.equals(underWay) && adopt();
  }

  /// It is not known whether the server has it; it is offered again.
  void failed(CrossSigningUpload request) {
    if (request.equals(underWay)) {
      underWay = null;
    }
  }

  /// The server does not take it. It is offered again after [#release()], or by the next process.
  void refused(CrossSigningUpload request) {
    if (request.equals(underWay)) {
      underWay = null;
      held = true;
    }
  }

  /// Gives up what was made if the server has refused it, so that nobody offers it again.
  ///
  /// @return false if it may have arrived, or was published; then nothing is done
  boolean abandonRefused() {
    boolean refused = held && made != null;
    if (refused) {
      abandon();
    }
    return refused;
  }

  private void abandon() {
    List<Change> changes = new ArrayList<>(PrivateKeys.drop());
    changes.add(new Change.Delete(Shelf.IDENTITIES, OwnIdentity.GROUP, MADE));
    store.apply(changes);
    made = null;
    underWay = null;
    held = false;
  }

  /// Adopts what was made if the server shows it.
  ///
  /// @return whether it was adopted
  boolean adoptIfShown(ObjectNode answer) {
    Made outstanding = made;
    return outstanding != null
        && Identity.of(account.user(), answer)
            .filter(shown -> shown.master().key().equals(outstanding.identity.master().key()))
            .isPresent()
        && adopt();
  }

  private boolean adopt() {
    Made adopted = made;
    if (adopted == null) {
      return false;
    }
    List<Change> changes = new ArrayList<>(keys.adopt());
    changes.add(new Change.Delete(Shelf.IDENTITIES, OwnIdentity.GROUP, MADE));
    identities.keep(List.of(KnownIdentity.first(adopted.identity, false).verified()), changes);
    made = null;
    underWay = null;
    return true;
  }
}
