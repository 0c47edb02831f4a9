package dev.sotto.client.encryption.olm;

import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.encryption.device.DeviceTracking;
import dev.sotto.client.encryption.device.OwnAccount;
import dev.sotto.client.encryption.olm.OlmOutcome.Decrypted;
import dev.sotto.client.encryption.olm.OlmOutcome.Reason;
import dev.sotto.client.encryption.olm.OlmOutcome.Undecryptable;
import dev.sotto.client.encryption.request.OutgoingRequest.KeysClaim;
import dev.sotto.client.encryption.request.RequestIds;
import dev.sotto.client.engine.Curve25519Key;
import dev.sotto.client.engine.EngineException;
import dev.sotto.client.engine.InboundOlm;
import dev.sotto.client.engine.OlmMessage;
import dev.sotto.client.store.Change;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Encrypts to single devices, and decrypts what they send. Not for several threads.
///
/// A session with which something is wrong is replaced by a new one, no more than once an hour for
/// each device; the other side learns of it by an `m.dummy`.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#molmv1curve25519-aes-sha2
public final class OlmChannel implements AutoCloseable {
  /// The name of the encryption.
  public static final String ALGORITHM = "m.olm.v1.curve25519-aes-sha2";

  /// What encrypted events are called.
  public static final String ENCRYPTED = "m.room.encrypted";

  private static final Duration BETWEEN_REPLACEMENTS = Duration.ofHours(1);

  private final CryptoStore store;
  private final OwnAccount account;
  private final DeviceTracking devices;
  private final ToDeviceQueue queue;
  private final InstantSource clock;
  private final OlmSessions sessions;
  private final UnbackedKeys unbacked;
  private final SessionClaims claims;
  private final OlmPlaintext plaintext;
  private final Map<DeviceKey, Device> replacing = new HashMap<>();

  public OlmChannel(
      CryptoStore store,
      OwnAccount account,
      DeviceTracking devices,
      ToDeviceQueue queue,
      RequestIds ids,
      InstantSource clock) {
    this.store = store;
    this.account = account;
    this.devices = devices;
    this.queue = queue;
    this.clock = clock;
    this.sessions = new OlmSessions(store, account.pickleKey(), clock);
    this.unbacked = new UnbackedKeys(store, sessions);
    this.claims = new SessionClaims(store, account, sessions, ids, clock);
    this.plaintext = new OlmPlaintext(account, devices);
  }

  /// Asks for one-time keys of those devices that there is no session with, but for those that had
  /// none lately.
  public void want(Collection<Device> others) {
    for (Device device : others) {
      if (!hasSession(device)) {
        claims.want(device);
      }
    }
  }

  public boolean hasSession(Device device) {
    return sessions.latest(DeviceKey.of(device)).isPresent();
  }

  /// Whether the server had no key to begin a session with this device. It is asked again after a
  /// quarter of an hour, when somebody wants to.
  public boolean isUnreachable(Device device) {
    return !hasSession(device) && claims.isUnreachable(device);
  }

  /// What is to be claimed, if anything is and nothing is under way.
  public Optional<KeysClaim> claim() {
    return claims.claim();
  }

  /// The answer to a claim.
  public void claimed(KeysClaim request, ObjectNode answer) {
    for (Device device : claims.claimed(request, answer)) {
      if (replacing.remove(DeviceKey.of(device)) != null) {
        encrypt(device, "m.dummy", Json.object())
            .ifPresent(
                content ->
                    queue.add(
                        ENCRYPTED, Map.of(device.user(), Map.of(device.id().value(), content))));
      }
    }
  }

  /// There is no answer to the claim that can be used; it is made again in parts.
  public void unusable(KeysClaim request) {
    claims.unusable(request);
  }

  /// The claim was not answered; it is made again.
  public void failed(KeysClaim request) {
    claims.failed(request);
  }

  /// The content of an `m.room.encrypted` event to a device; empty if there is no session with it.
  public Optional<ObjectNode> encrypt(Device to, String type, ObjectNode content) {
    Optional<OlmSessions.Open> latest = sessions.latest(DeviceKey.of(to));
    if (latest.isEmpty()) {
      return Optional.empty();
    }
    OlmMessage message =
        latest.get().session().encrypt(Json.bytes(plaintext.write(to, type, content)));
    store.apply(List.of(sessions.sent(DeviceKey.of(to), latest.get())));
    ObjectNode encrypted = Json.object();
    encrypted.put("algorithm", ALGORITHM);
    encrypted.put("sender_key", ownKey().base64());
    encrypted
        .putObject("ciphertext")
        .putObject(to.curve25519().base64())
        .put("type", message.kind().number())
        .put("body", message.base64());
    return Optional.of(encrypted);
  }

  private Curve25519Key ownKey() {
    return account.keys().curve25519Key();
  }

  /// Decrypts an `m.room.encrypted` event to this device.
  ///
  /// @param event as a sync's `to_device` has it
  public OlmOutcome decrypt(ObjectNode event) {
    try {
      return decrypt(new UserId(event.path("sender").asString("")), event.path("content"));
    } catch (MatrixException _) {
      return new Undecryptable(Reason.MALFORMED);
    }
  }

  private OlmOutcome decrypt(UserId sender, JsonNode content) {
    if (!ALGORITHM.equals(content.path("algorithm").asString(""))) {
      return new Undecryptable(Reason.UNSUPPORTED_ALGORITHM);
    }
    JsonNode ciphertext = content.path("ciphertext").path(ownKey().base64());
    if (!ciphertext.isObject()) {
      return new Undecryptable(Reason.NOT_FOR_US);
    }
    Curve25519Key senderKey;
    OlmMessage message;
    try {
      senderKey = Curve25519Key.ofBase64(content.path("sender_key").asString(""));
      message =
          OlmMessage.ofBase64(
              ciphertext.path("type").asInt(-1), ciphertext.path("body").asString(""));
    } catch (EngineException _) {
      return new Undecryptable(Reason.MALFORMED);
    }
    if (senderKey.equals(ownKey())) {
      // This device never writes to itself.
      return new Undecryptable(Reason.MISMATCH);
    }
    return decrypt(sender, senderKey, message);
  }

  private OlmOutcome decrypt(UserId sender, Curve25519Key senderKey, OlmMessage message) {
    try {
      Optional<OlmEvent> event = open(sender, senderKey, message);
      claims.heardOf(new DeviceKey(sender, senderKey));
      return event.<OlmOutcome>map(Decrypted::new).orElse(new Undecryptable(Reason.MISMATCH));
    } catch (EngineException e) {
      Reason reason =
          switch (e.reason()) {
            case SPENT, UNKNOWN_ONE_TIME_KEY -> Reason.REPLAY;
            case WRONG_KIND -> Reason.UNKNOWN_SESSION;
            case WRONG_SENDER -> Reason.MISMATCH;
            default -> Reason.DAMAGED;
          };
      if (reason != Reason.MISMATCH) {
        replace(sender, senderKey);
      }
      return new Undecryptable(reason);
    }
  }

  /// What a message says; empty if it was made to deceive.
  private Optional<OlmEvent> open(UserId sender, Curve25519Key senderKey, OlmMessage message)
      throws EngineException {
    DeviceKey peer = new DeviceKey(sender, senderKey);
    List<OlmSessions.Open> candidates = sessions.with(peer);
    if (message.kind() == OlmMessage.Kind.PRE_KEY) {
      String id = message.preKey().sessionId();
      candidates = candidates.stream().filter(open -> open.session().id().equals(id)).toList();
      if (candidates.isEmpty()) {
        return begin(sender, senderKey, message);
      }
    }
    EngineException failure = null;
    for (OlmSessions.Open candidate : candidates) {
      try {
        byte[] decrypted = candidate.session().decrypt(message);
        store.apply(List.of(sessions.received(peer, candidate)));
        return plaintext.read(sender, senderKey, decrypted);
      } catch (EngineException e) {
        // A replay is recognised only by the session it belongs to.
        failure = failure == null || e.reason() == EngineException.Reason.SPENT ? e : failure;
      }
    }
    if (failure != null) {
      throw failure;
    }
    // Without any session it fails as a message that begins none.
    return begin(sender, senderKey, message);
  }

  /// Takes up the session that a message begins, unless the message deceives. The one-time key is
  /// spent in any case, but not the fallback key: anybody can begin any number of sessions, each
  /// with another made-up key, of which only some are kept.
  private Optional<OlmEvent> begin(UserId sender, Curve25519Key senderKey, OlmMessage message)
      throws EngineException {
    InboundOlm inbound = account.keys().createInbound(senderKey, message);
    Optional<OlmEvent> event = plaintext.read(sender, senderKey, inbound.plaintext());
    List<Change> changes = new ArrayList<>(account.changes());
    if (event.isPresent()) {
      DeviceKey peer = new DeviceKey(sender, senderKey);
      changes.addAll(sessions.add(peer, inbound.session()));
      Set<String> backed = new HashSet<>();
      devices.devices(sender).values().forEach(known -> backed.add(known.curve25519().base64()));
      if (!backed.contains(senderKey.base64())) {
        changes.addAll(unbacked.begun(peer, backed));
      }
    } else {
      inbound.session().close();
    }
    store.apply(changes);
    return event;
  }

  /// Begins a new session with a device whose message could not be read.
  private void replace(UserId sender, Curve25519Key senderKey) {
    Optional<Device> device =
        devices.devices(sender).values().stream()
            .filter(known -> known.curve25519().equals(senderKey))
            .findFirst();
    DeviceKey peer = new DeviceKey(sender, senderKey);
    boolean replacedLately =
        sessions.with(peer).stream().map(OlmSessions.Open::made).anyMatch(this::isRecent);
    if (device.isPresent() && !replacedLately) {
      replacing.put(peer, device.get());
      claims.want(device.get());
    }
  }

  private boolean isRecent(Instant made) {
    return clock.instant().isBefore(made.plus(BETWEEN_REPLACEMENTS));
  }

  @Override
  public void close() {
    sessions.close();
  }
}
