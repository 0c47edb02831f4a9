package dev.sotto.client.encryption.device;

import dev.sotto.client.encryption.request.OutgoingRequest.KeysUpload;
import dev.sotto.client.encryption.request.RequestIds;
import dev.sotto.client.engine.EngineException;
import dev.sotto.client.engine.OlmAccount;
import dev.sotto.client.engine.OneTimeKey;
import dev.sotto.client.engine.PickleKey;
import dev.sotto.client.store.Change;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.client.store.Shelf;
import dev.sotto.protocol.crypto.JsonSignatures;
import dev.sotto.protocol.crypto.UnpaddedBase64;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.CanonicalJson.Numbers;
import dev.sotto.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// The device's own keys: made, kept, and published as the server runs out of them.
///
/// A one-time key is for one session. So a request with one-time keys is handed out once, after it
/// is in the store that it was: if nobody can tell whether it arrived, its keys are not sent again
/// (they may have been claimed), nor forgotten (somebody may be about to use them); the server's
/// next count says how many new ones it takes. Not for several threads.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#one-time-and-fallback-keys
public final class OwnAccount implements AutoCloseable {
  private static final String GROUP = "account";
  private static final String OWNER = "owner";
  private static final String PICKLE = "pickle";
  private static final String PICKLE_KEY = "pickle_key";
  private static final String PUBLISHED = "published";
  private static final List<String> ALGORITHMS =
      List.of("m.olm.v1.curve25519-aes-sha2", "m.megolm.v1.aes-sha2");

  /// How often in a row the server may refuse what is to be published: each time has fresh keys,
  /// since those that it has under the same names are passed by in a few. What is refused more
  /// often is refused for something else, and would use up keys that somebody may be about to use.
  private static final int MAX_REFUSALS = 5;

  private static final Duration REFUSED_FOR_NOW = Duration.ofHours(1);

  /// How long messages to a replaced fallback key can still be read.
  private static final Duration OLD_FALLBACK_KEPT = Duration.ofHours(1);

  /// What the server is known to have.
  ///
  /// @param deviceKeys whether it has the device's keys
  /// @param fallback whether it was ever sent a fallback key
  /// @param replacedAt when the fallback key before the current one was replaced, in milliseconds
  ///   since 1970; null if that one is forgotten
  /// @param unconfirmed the current fallback key as it is published, if the server is not known to
  ///   have it
  private record Published(
      boolean deviceKeys,
      boolean fallback,
      @Nullable Long replacedAt,
      @Nullable ObjectNode unconfirmed) {
    Published withDeviceKeys() {
      return new Published(true, fallback, replacedAt, unconfirmed);
    }

    /// The one before the current fallback key was given out until now.
    Published confirmed(Instant now) {
      Long replaced = replacedAt == null ? null : (Long) now.toEpochMilli();
      return new Published(deviceKeys, fallback, replaced, null);
    }

    Published withoutReplaced() {
      return new Published(deviceKeys, fallback, null, unconfirmed);
    }
  }

  private final CryptoStore store;
  private final UserId user;
  private final DeviceId device;
  private final PickleKey pickleKey;
  private final OlmAccount account;
  private final InstantSource clock;
  private final RequestIds ids;
  private Published published;
  private @Nullable KeyCounts counts;
  private @Nullable KeysUpload underWay;

  private int refusals;
  private Instant refusedUntil = Instant.MIN;

  private OwnAccount(
      CryptoStore store,
      UserId user,
      DeviceId device,
      PickleKey pickleKey,
      OlmAccount account,
      Published published,
      InstantSource clock,
      RequestIds ids) {
    this.store = store;
    this.user = user;
    this.device = device;
    this.pickleKey = pickleKey;
    this.account = account;
    this.published = published;
    this.clock = clock;
    this.ids = ids;
  }

  /// The account in the store; where there is none it is made and kept.
  ///
  /// @throws IllegalStateException if the store holds another device's account, or one that cannot
  ///   be read
  public static OwnAccount open(
      CryptoStore store,
      UserId user,
      DeviceId device,
      SecureRandom random,
      InstantSource clock,
      RequestIds ids) {
    Optional<byte[]> kept = store.get(Shelf.ACCOUNT, GROUP, PICKLE);
    if (kept.isEmpty()) {
      return create(store, user, device, OlmAccount.create(), random, clock, ids);
    }
    if (!Arrays.equals(owner(user, device), required(store, OWNER))) {
      throw new IllegalStateException("the store holds the keys of another device");
    }
    PickleKey key = PickleKey.of(required(store, PICKLE_KEY));
    try {
      return new OwnAccount(
          store,
          user,
          device,
          key,
          OlmAccount.unpickle(kept.get(), key),
          Json.bind(Json.parse(required(store, PUBLISHED)), Published.class),
          clock,
          ids);
    } catch (EngineException e) {
      throw new IllegalStateException("the device's account cannot be read from its store", e);
    }
  }

  /// An account that was made elsewhere, put into an empty store: that of a dehydrated device.
  ///
  /// @param keys closed with the account
  public static OwnAccount create(
      CryptoStore store,
      UserId user,
      DeviceId device,
      OlmAccount keys,
      SecureRandom random,
      InstantSource clock,
      RequestIds ids) {
    PickleKey key = PickleKey.generate(random);
    OwnAccount made =
        new OwnAccount(
            store, user, device, key, keys, new Published(false, false, null, null), clock, ids);
    // The server has nothing of a device that it was never told of.
    made.counts = new KeyCounts(0, Optional.empty());
    List<Change> changes = new ArrayList<>(made.changes());
    changes.add(put(OWNER, owner(user, device)));
    changes.add(put(PICKLE_KEY, key.bytes()));
    store.apply(changes);
    return made;
  }

  private static byte[] owner(UserId user, DeviceId device) {
    return (user.value() + " " + device.value()).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] required(CryptoStore store, String name) {
    return store
        .get(Shelf.ACCOUNT, GROUP, name)
        .orElseThrow(() -> new IllegalStateException("the store's account is not whole"));
  }

  private static Change put(String name, byte[] value) {
    return new Change.Put(Shelf.ACCOUNT, GROUP, name, value);
  }

  /// The account as it is now, to be kept together with what it was changed for.
  public List<Change> changes() {
    return List.of(put(PICKLE, account.pickle(pickleKey)), put(PUBLISHED, Json.bytes(published)));
  }

  /// Encrypts what is kept of keys and sessions in the store; closed with the account.
  public PickleKey pickleKey() {
    return pickleKey;
  }

  public UserId user() {
    return user;
  }

  public DeviceId device() {
    return device;
  }

  /// The keys, for sessions and signatures; [#changes()] keeps what they changed.
  public OlmAccount keys() {
    return account;
  }

  /// Hears what a sync answer says the server has. While an upload is under way nothing is
  /// concluded from it: it may be older than that.
  public void heard(KeyCounts said) {
    if (underWay == null) {
      counts = said;
      if (published.unconfirmed != null && said.unusedFallback().orElse(false)) {
        know(published.confirmed(clock.instant()));
      }
    }
    forgetOldFallback();
  }

  private void know(Published now) {
    published = now;
    store.apply(changes());
  }

  private void forgetOldFallback() {
    Long replacedAt = published.replacedAt;
    if (replacedAt == null || published.unconfirmed != null) {
      return;
    }
    Instant due = Instant.ofEpochMilli(replacedAt).plus(OLD_FALLBACK_KEPT);
    if (!clock.instant().isBefore(due)) {
      account.forgetFallbackKey();
      know(published.withoutReplaced());
    }
  }

  /// What is to be published now, if there is anything. It is handed out once.
  public Optional<KeysUpload> upload() {
    if (underWay != null || clock.instant().isBefore(refusedUntil)) {
      return Optional.empty();
    }
    ObjectNode body = Json.object();
    if (!published.deviceKeys) {
      body.set("device_keys", deviceKeys());
    }
    if (counts != null) {
      addOneTimeKeys(body, counts.oneTimeKeys());
      addFallbackKey(body, counts);
    }
    if (body.isEmpty()) {
      return Optional.empty();
    }
    // From here on they may be on the server, whatever happens.
    account.markKeysAsPublished();
    counts = null;
    store.apply(changes());
    KeysUpload request = new KeysUpload(ids.next(), body);
    underWay = request;
    return Optional.of(request);
  }

  private void addOneTimeKeys(ObjectNode body, int onServer) {
    int most = account.maxOneTimeKeys();
    if (onServer > most / 2) {
      return;
    }
    account.generateOneTimeKeys(most - onServer);
    ObjectNode keys = body.putObject("one_time_keys");
    for (OneTimeKey key : account.oneTimeKeys()) {
      keys.set(KeyCounts.ALGORITHM + ":" + key.id(), signed(key, false));
    }
  }

  private void addFallbackKey(ObjectNode body, KeyCounts said) {
    boolean used = said.unusedFallback().map(unused -> !unused).orElse(false);
    if (published.unconfirmed != null) {
      // Another one would displace the one that the server still gives out.
      body.set("fallback_keys", published.unconfirmed);
      return;
    }
    if (published.fallback && !used) {
      return;
    }
    account.generateFallbackKey();
    Long replaced = published.fallback ? (Long) clock.millis() : null;
    ObjectNode keys = body.putObject("fallback_keys");
    for (OneTimeKey key : account.fallbackKey()) {
      keys.set(KeyCounts.ALGORITHM + ":" + key.id(), signed(key, true));
    }
    published = new Published(published.deviceKeys, true, replaced, keys);
  }

  /// The server has what was sent. How many keys it has now, the next sync says: an answer without
  /// counts, or with none, would bring one upload after the other.
  public void sent(KeysUpload request) {
    if (!request.equals(underWay)) {
      return;
    }
    underWay = null;
    refusals = 0;
    Published known = published;
    if (request.body().has("device_keys")) {
      known = known.withDeviceKeys();
    }
    if (request.body().has("fallback_keys")) {
      known = known.confirmed(clock.instant());
    }
    if (!known.equals(published)) {
      know(known);
    }
  }

  /// Nobody knows whether the server has what was sent; the next sync's counts will tell.
  public void unknown(KeysUpload request) {
    if (request.equals(underWay)) {
      underWay = null;
    }
  }

  /// The server does not take what was sent, for example since it has other keys under the same
  /// names: those of a later time, where the store was put back from an older copy. The one-time
  /// keys are never sent again; with the next count fresh ones are.
  public void refused(KeysUpload request) {
    if (request.equals(underWay)) {
      unknown(request);
      refusals++;
      if (refusals >= MAX_REFUSALS) {
        refusedUntil = clock.instant().plus(REFUSED_FOR_NOW);
      }
    }
  }

  /// The device's public keys, signed by it.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#device-keys
  public ObjectNode deviceKeys() {
    ObjectNode object = Json.object();
    object.put("user_id", user.value());
    object.put("device_id", device.value());
    ALGORITHMS.forEach(object.putArray("algorithms")::add);
    object
        .putObject("keys")
        .put("curve25519:" + device.value(), account.curve25519Key().base64())
        .put("ed25519:" + device.value(), UnpaddedBase64.encode(account.ed25519Key().bytes()));
    return sign(object);
  }

  private ObjectNode signed(OneTimeKey key, boolean fallback) {
    ObjectNode object = Json.object().put("key", key.key().base64());
    if (fallback) {
      object.put("fallback", true);
    }
    return sign(object);
  }

  /// Adds the device's signature to an object.
  public ObjectNode sign(ObjectNode object) {
    byte[] signature = account.sign(JsonSignatures.signedBytes(object, Numbers.STRICT));
    JsonSignatures.add(object, user.value(), "ed25519:" + device.value(), signature);
    return object;
  }

  @Override
  public void close() {
    account.close();
    pickleKey.close();
  }
}
