package dev.sotto.client.encryption.backup;

import dev.sotto.client.encryption.backup.DehydrationException.Reason;
import dev.sotto.client.encryption.device.DeviceTracking;
import dev.sotto.client.encryption.device.OwnAccount;
import dev.sotto.client.encryption.identity.Identities;
import dev.sotto.client.encryption.identity.KeyRole;
import dev.sotto.client.encryption.olm.OlmEvent;
import dev.sotto.client.encryption.request.RequestIds;
import dev.sotto.client.engine.DehydratedAccount;
import dev.sotto.client.engine.EngineException;
import dev.sotto.client.engine.OlmAccount;
import dev.sotto.client.engine.PickleKey;
import dev.sotto.client.store.Change;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.client.store.MemoryStore;
import dev.sotto.client.store.Shelf;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.DeviceId;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Devices that sleep at the server, encrypted, and are sent room keys while none of the user's
/// devices is there. Not for several threads.
///
/// The next device wakes the one there is ([#wake]), takes the keys that it was sent, and puts a
/// new one in its place ([#make]): the server then forgets the one before, and what it was sent.
/// Each gives out all of its one-time keys in time, so it is replaced once a week ([#isDue]).
///
/// @spec https://github.com/matrix-org/matrix-spec-proposals/pull/3814
public final class DehydratedDevices {
  /// The path of the device at the server: `GET`, `PUT` and `DELETE`; and with `/{id}/events` what
  /// it was sent.
  public static final String PATH =
      "/_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device";

  private static final String ALGORITHM = "org.matrix.msc3814.v2";
  private static final String GROUP = "dehydrated";
  private static final String KEY = "key";
  private static final String MADE = "made";
  private static final Duration REPLACED_AFTER = Duration.ofDays(7);
  private static final int MAX_PICKLE_LENGTH = 1 << 18;

  private final CryptoStore store;
  private final OwnAccount account;
  private final DeviceTracking tracking;
  private final Identities identities;
  private final SecureRandom random;
  private final InstantSource clock;
  private final RequestIds ids;

  public DehydratedDevices(
      CryptoStore store,
      OwnAccount account,
      DeviceTracking tracking,
      Identities identities,
      SecureRandom random,
      InstantSource clock,
      RequestIds ids) {
    this.store = store;
    this.account = account;
    this.tracking = tracking;
    this.identities = identities;
    this.random = random;
    this.clock = clock;
    this.ids = ids;
  }

  /// The key that was kept; empty if there is none. The caller closes it.
  public Optional<PickleKey> key() {
    return store
        .get(Shelf.SECRETS, GROUP, KEY)
        .map(
            bytes -> {
              try {
                return PickleKey.of(bytes);
              } finally {
                Arrays.fill(bytes, (byte) 0);
              }
            });
  }

  /// Keeps the key, as secret storage has it or will have it, so that the device can be replaced in
  /// time without asking the user.
  public void keep(PickleKey key) {
    store.apply(List.of(new Change.Put(Shelf.SECRETS, GROUP, KEY, key.bytes())));
  }

  /// Ends the use of dehydrated devices on this device.
  public void forget() {
    store.apply(
        List.of(
            new Change.Delete(Shelf.SECRETS, GROUP, KEY),
            new Change.Delete(Shelf.STATE, GROUP, MADE)));
  }

  /// Makes a device. Nothing of it is kept here: if the server does not get it, another is made.
  ///
  /// @param displayName what people call it
  /// @return the body of `PUT` [#PATH]
  /// @throws DehydrationException NO_IDENTITY
  public ObjectNode make(PickleKey key, String displayName) throws DehydrationException {
    OlmAccount keys = OlmAccount.create();
    // As other clients name it: so it collides with no other device and no cross-signing key.
    DeviceId id = new DeviceId(keys.curve25519Key().base64());
    try (OwnAccount made =
        OwnAccount.create(new MemoryStore(), account.user(), id, keys, random, clock, ids)) {
      ObjectNode body = made.upload().orElseThrow().body().deepCopy();
      body.set("device_keys", deviceKeys(made));
      DehydratedAccount sleeping = made.keys().dehydrate(key);
      body.put("device_id", id.value()).put("initial_device_display_name", displayName);
      body.putObject("device_data")
          .put("algorithm", ALGORITHM)
          .put("device_pickle", sleeping.ciphertext())
          .put("nonce", sleeping.nonce());
      return body;
    } catch (EngineException e) {
      throw new IllegalStateException("an account that was just made can be put to sleep", e);
    }
  }

  private ObjectNode deviceKeys(OwnAccount made) throws DehydrationException {
    ObjectNode deviceKeys = made.deviceKeys();
    deviceKeys.remove("signatures");
    // Nobody is to verify it or to expect an answer of it.
    deviceKeys.put("dehydrated", true);
    made.sign(deviceKeys);
    if (!identities.own().sign(KeyRole.SELF_SIGNING, deviceKeys)) {
      throw new DehydrationException(
          Reason.NO_IDENTITY, "The private key that signs the user's devices is not here.");
    }
    return deviceKeys;
  }

  /// The server has the device that was made.
  public void made() {
    byte[] now = Long.toString(clock.millis()).getBytes(StandardCharsets.US_ASCII);
    store.apply(List.of(new Change.Put(Shelf.STATE, GROUP, MADE, now)));
  }

  /// Whether the server had a device from this one, since the key was kept here.
  public boolean wasMade() {
    return store.get(Shelf.STATE, GROUP, MADE).isPresent();
  }

  /// Whether the key is here and the device is to be replaced, or was never made here.
  public boolean isDue() {
    if (store.get(Shelf.SECRETS, GROUP, KEY).isEmpty()) {
      return false;
    }
    Optional<byte[]> kept = store.get(Shelf.STATE, GROUP, MADE);
    if (kept.isEmpty()) {
      return true;
    }
    String millis = new String(kept.get(), StandardCharsets.US_ASCII);
    Instant due = Instant.ofEpochMilli(Long.parseLong(millis)).plus(REPLACED_AFTER);
    return !clock.instant().isBefore(due);
  }

  /// Wakes the device that the server has.
  ///
  /// @param answer to `GET` [#PATH]
  /// @param roomKeys takes the events with room keys, which are for this device as well
  /// @throws DehydrationException WRONG_KEY, UNSUPPORTED, MALFORMED
  public WokenDevice wake(PickleKey key, JsonNode answer, Consumer<OlmEvent> roomKeys)
      throws DehydrationException {
    DeviceId id = id(answer);
    JsonNode sleeping = answer.path("device_data");
    if (!ALGORITHM.equals(sleeping.path("algorithm").stringValue(null))) {
      throw new DehydrationException(
          Reason.UNSUPPORTED, "The dehydrated device is stored in an unknown way.");
    }
    OlmAccount keys = keys(key, text(sleeping, "device_pickle"), text(sleeping, "nonce"));
    OwnAccount woken =
        OwnAccount.create(new MemoryStore(), account.user(), id, keys, random, clock, ids);
    return new WokenDevice(woken, tracking, roomKeys, ids, clock);
  }

  private static OlmAccount keys(PickleKey key, String pickle, String nonce)
      throws DehydrationException {
    try {
      return OlmAccount.rehydrate(new DehydratedAccount(pickle, nonce), key);
    } catch (EngineException e) {
      if (e.reason() == EngineException.Reason.WRONG_KEY) {
        throw new DehydrationException(
            Reason.WRONG_KEY, "The key is not the one of the dehydrated device.");
      }
      throw malformed();
    }
  }

  private static DeviceId id(JsonNode answer) throws DehydrationException {
    try {
      return new DeviceId(text(answer, "device_id"));
    } catch (MatrixException _) {
      throw malformed();
    }
  }

  private static String text(JsonNode object, String name) throws DehydrationException {
    @Nullable String text = object.path(name).stringValue(null);
    if (text == null || text.length() > MAX_PICKLE_LENGTH) {
      throw malformed();
    }
    return text;
  }

  private static DehydrationException malformed() {
    return new DehydrationException(
        Reason.MALFORMED, "What the server has of the dehydrated device makes no sense.");
  }
}
