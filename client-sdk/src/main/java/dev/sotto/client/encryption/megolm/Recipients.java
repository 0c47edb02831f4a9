package dev.sotto.client.encryption.megolm;

import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.encryption.device.OwnAccount;
import dev.sotto.client.encryption.identity.DeviceTrust;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/// Who of a room's devices is to get a key.
///
/// @param allowed those that are, by user and id
/// @param excluded those that are not, and why
/// @param changed users whose identity changed: as long as there are any, nobody gets it
record Recipients(
    Map<UserId, Map<DeviceId, Device>> allowed,
    List<Sharing.LeftOut> excluded,
    Set<UserId> changed) {

  /// Sorts devices. This one is none of the recipients.
  static Recipients of(
      Collection<Device> devices,
      OwnAccount account,
      SharingPolicy policy,
      Function<Device, DeviceTrust> trust,
      Predicate<Device> blocked) {
    Recipients recipients = new Recipients(new HashMap<>(), new ArrayList<>(), new HashSet<>());
    for (Device device : devices) {
      boolean own = device.user().equals(account.user()) && device.id().equals(account.device());
      if (blocked.test(device)) {
        recipients.exclude(device, "m.blacklisted");
      } else if (!own) {
        recipients.sort(device, policy, trust.apply(device));
      }
    }
    return recipients;
  }

  private void sort(Device device, SharingPolicy policy, DeviceTrust trust) {
    boolean allows =
        switch (trust) {
          case VERIFIED -> true;
          case SIGNED -> policy != SharingPolicy.VERIFIED_DEVICES;
          case UNSIGNED -> policy == SharingPolicy.ALL_DEVICES;
          case OWNER_CHANGED -> {
            changed.add(device.user());
            yield false;
          }
        };
    if (allows) {
      allowed.computeIfAbsent(device.user(), _ -> new HashMap<>()).put(device.id(), device);
    } else {
      exclude(device, "m.unverified");
    }
  }

  private void exclude(Device device, String code) {
    excluded.add(new Sharing.LeftOut(device, code));
  }

  /// Whether a device with this id and key is among those that are to get it.
  boolean allows(UserId user, String device, String key) {
    Device found = allowed.getOrDefault(user, Map.of()).get(new DeviceId(device));
    return found != null && found.curve25519().base64().equals(key);
  }

  List<Device> all() {
    return allowed.values().stream().flatMap(devices -> devices.values().stream()).toList();
  }
}
