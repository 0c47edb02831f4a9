package dev.sotto.client.encryption.backup;

import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.encryption.device.DeviceTracking;
import dev.sotto.client.encryption.device.OwnAccount;
import dev.sotto.client.encryption.identity.Identities;
import dev.sotto.client.encryption.megolm.ExportedKey;
import dev.sotto.client.encryption.megolm.InboundSessions;
import dev.sotto.client.encryption.megolm.KeyOrigin;
import dev.sotto.client.encryption.megolm.RoomKeys;
import dev.sotto.client.encryption.megolm.SessionName;
import dev.sotto.client.encryption.olm.OlmChannel;
import dev.sotto.client.encryption.olm.ToDeviceQueue;
import dev.sotto.client.encryption.request.OutgoingRequest.KeysQuery;
import dev.sotto.client.encryption.request.RequestIds;
import dev.sotto.client.engine.BackupDecryption;
import dev.sotto.client.engine.BackupKey;
import dev.sotto.client.engine.EngineException;
import dev.sotto.client.engine.InboundMegolm;
import dev.sotto.client.engine.MegolmKey;
import dev.sotto.client.engine.OlmAccount;
import dev.sotto.client.engine.OutboundMegolm;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// A device of Alice with a backup.
final class Owner implements AutoCloseable {
  static final UserId ALICE = new UserId("@alice:localhost");
  static final RoomId ROOM = new RoomId("!room:id");
  private static final SecureRandom RANDOM = new SecureRandom();

  final OwnAccount account;
  final DeviceTracking tracking;
  final Identities identities;
  final InboundSessions sessions;
  final KeyBackup backup;
  final RequestIds ids = new RequestIds(RANDOM);
  Instant now = Instant.parse("2026-01-01T00:00:00Z");
  final DehydratedDevices dehydrated;
  final RoomKeys roomKeys;

  Owner(String device, CryptoStore store) {
    account = OwnAccount.open(store, ALICE, new DeviceId(device), RANDOM, () -> now, ids);
    tracking = new DeviceTracking(store, ids, () -> now);
    identities = new Identities(store, account, RANDOM, ids);
    ToDeviceQueue queue = new ToDeviceQueue(store, ids);
    OlmChannel channel = new OlmChannel(store, account, tracking, queue, ids, () -> now);
    roomKeys =
        new RoomKeys(store, account, channel, queue, tracking, identities::trust, () -> now, ids);
    sessions = roomKeys.inbound();
    dehydrated =
        new DehydratedDevices(store, account, tracking, identities, RANDOM, () -> now, ids);
    backup = new KeyBackup(store, account, tracking, identities, sessions, () -> now, ids);
  }

  /// A session of somebody that this device gets to know.
  SessionName learn() {
    ExportedKey key = session();
    sessions.importKeys(List.of(key), KeyOrigin.EXPORT);
    return new SessionName(ROOM, key.sessionId());
  }

  static ExportedKey session() {
    try (OutboundMegolm outbound = OutboundMegolm.create();
        MegolmKey shared = outbound.sessionKey();
        InboundMegolm inbound = InboundMegolm.open(shared);
        OlmAccount maker = OlmAccount.create()) {
      return new ExportedKey(
          ROOM,
          inbound.id(),
          inbound.export(),
          maker.curve25519Key(),
          Optional.of(maker.ed25519Key()),
          false);
    } catch (EngineException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Tells this device of the devices that Alice has.
  void heardOf(Device... devices) {
    ObjectNode answer = Json.object();
    ObjectNode all = answer.putObject("device_keys").putObject(ALICE.value());
    for (Device device : devices) {
      all.set(device.id().value(), device.json());
    }
    tracking.track(Set.of(ALICE));
    KeysQuery query = tracking.query().orElseThrow();
    tracking.answered(query, answer);
    identities.answered(Set.of(ALICE), answer);
    backup.review();
  }

  /// Makes Alice's identity here.
  void beginIdentity() {
    heardOf(asDevice());
    identities.own().bootstrap();
    identities.own().sent(identities.own().upload().orElseThrow());
  }

  Device asDevice() {
    return Device.of(ALICE, account.device(), account.deviceKeys()).orElseThrow();
  }

  BackupKey key() {
    return backup.key().orElseThrow();
  }

  @Override
  public void close() {
    backup.close();
    roomKeys.close();
    account.close();
  }

  /// A backup that this device has signed; nobody has its key.
  ObjectNode signedBackup() {
    ObjectNode about = Json.object().put("algorithm", BackupVersion.ALGORITHM);
    ObjectNode authData = about.putObject("auth_data");
    try (BackupDecryption decryption = BackupDecryption.create()) {
      authData.put("public_key", decryption.publicKey().base64());
    }
    account.sign(authData);
    return about;
  }
}
