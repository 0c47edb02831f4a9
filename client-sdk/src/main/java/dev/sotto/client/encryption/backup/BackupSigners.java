package dev.sotto.client.encryption.backup;

import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.encryption.device.DeviceTracking;
import dev.sotto.client.encryption.device.OwnAccount;
import dev.sotto.client.encryption.identity.DeviceTrust;
import dev.sotto.client.encryption.identity.Identities;
import dev.sotto.client.encryption.identity.KeyRole;
import dev.sotto.protocol.crypto.JsonSignatures;
import dev.sotto.protocol.crypto.VerifyKey;
import dev.sotto.protocol.id.DeviceId;
import tools.jackson.databind.node.ObjectNode;

/// Who can sign a backup so that it is trusted: this device, others of the user that are verified,
/// and the user's identity if that is.
final class BackupSigners {
  private final OwnAccount account;
  private final DeviceTracking tracking;
  private final Identities identities;

  BackupSigners(OwnAccount account, DeviceTracking tracking, Identities identities) {
    this.account = account;
    this.tracking = tracking;
    this.identities = identities;
  }

  /// Adds all signatures that can be made here.
  void sign(ObjectNode authData) {
    account.sign(authData);
    identities.own().sign(KeyRole.MASTER, authData);
  }

  boolean haveSigned(ObjectNode authData) {
    return hasSigned(account.device(), account.keys().ed25519Key(), authData)
        || identities.own().hasSigned(KeyRole.MASTER, authData)
        || tracking.devices(account.user()).values().stream()
            .anyMatch(device -> hasSigned(device, authData));
  }

  private boolean hasSigned(Device device, ObjectNode authData) {
    return hasSigned(device.id(), device.ed25519(), authData)
        && identities.trust(device) == DeviceTrust.VERIFIED;
  }

  private boolean hasSigned(DeviceId device, VerifyKey key, ObjectNode authData) {
    return JsonSignatures.verify(
        authData, account.user().value(), "ed25519:" + device.value(), key);
  }
}
