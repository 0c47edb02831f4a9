package dev.sotto.client.encryption;

import dev.sotto.client.encryption.backup.DehydratedDevices;
import dev.sotto.client.encryption.backup.KeyBackup;
import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.encryption.device.DeviceTracking;
import dev.sotto.client.encryption.device.OwnAccount;
import dev.sotto.client.encryption.identity.DeviceTrust;
import dev.sotto.client.encryption.identity.Identities;
import dev.sotto.client.encryption.identity.Identity;
import dev.sotto.client.encryption.megolm.RoomKeys;
import dev.sotto.client.encryption.olm.OlmChannel;
import dev.sotto.client.encryption.olm.ToDeviceQueue;
import dev.sotto.client.encryption.request.RequestIds;
import dev.sotto.client.encryption.secrets.SecretSharing;
import dev.sotto.client.encryption.verification.KnownKeys;
import dev.sotto.client.encryption.verification.Verifications;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.client.verification.Method;
import dev.sotto.protocol.crypto.VerifyKey;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What the machine is made of, wired together. Not for several threads.
record Parts(
    OwnAccount account,
    DeviceTracking tracking,
    ToDeviceQueue queue,
    OlmChannel olm,
    Identities identities,
    RoomKeys roomKeys,
    Verifications verifications,
    KeyBackup backup,
    OwnSecrets secrets,
    SecretSharing secretSharing,
    DehydratedDevices dehydrated)
    implements AutoCloseable {

  static Parts open(
      CryptoStore store, UserId user, DeviceId device, SecureRandom random, InstantSource clock) {
    RequestIds ids = new RequestIds(random);
    OwnAccount account = OwnAccount.open(store, user, device, random, clock, ids);
    DeviceTracking tracking = new DeviceTracking(store, ids, clock);
    // Other devices of one's own get room keys as well.
    tracking.track(List.of(user));
    ToDeviceQueue queue = new ToDeviceQueue(store, ids);
    OlmChannel olm = new OlmChannel(store, account, tracking, queue, ids, clock);
    Identities identities = new Identities(store, account, random, ids);
    RoomKeys roomKeys =
        new RoomKeys(store, account, olm, queue, tracking, identities::trust, clock, ids);
    Verifications verifications =
        new Verifications(
            user,
            device,
            account.keys().ed25519Key(),
            new Known(account, tracking, identities),
            Set.of(Method.SAS),
            clock,
            ids,
            random);
    KeyBackup backup =
        new KeyBackup(store, account, tracking, identities, roomKeys.inbound(), clock, ids);
    OwnSecrets secrets = new OwnSecrets(identities.own(), backup);
    SecretSharing secretSharing =
        new SecretSharing(
            store,
            account,
            tracking,
            olm,
            queue,
            ids,
            clock,
            own ->
                identities.trust(own) == DeviceTrust.VERIFIED
                    && !roomKeys.outbound().isBlocked(own),
            secrets);
    return new Parts(
        account,
        tracking,
        queue,
        olm,
        identities,
        roomKeys,
        verifications,
        backup,
        secrets,
        secretSharing,
        new DehydratedDevices(store, account, tracking, identities, random, clock, ids));
  }

  /// What verifications go by: the keys that were told by the server and checked here.
  private record Known(OwnAccount account, DeviceTracking tracking, Identities identities)
      implements KnownKeys {
    @Override
    public Optional<VerifyKey> fingerprint(UserId user, DeviceId device) {
      return Optional.ofNullable(tracking.devices(user).get(device)).map(Device::ed25519);
    }

    @Override
    public Optional<VerifyKey> masterKey(UserId user) {
      return identities.of(user).map(Identity::master).map(key -> key.key());
    }

    @Override
    public Optional<VerifyKey> trustedMasterKey() {
      return identities.own().status().verified() ? masterKey(account.user()) : Optional.empty();
    }
  }

  @Override
  public void close() {
    verifications.close();
    backup.close();
    roomKeys.close();
    olm.close();
    account.close();
  }
}
