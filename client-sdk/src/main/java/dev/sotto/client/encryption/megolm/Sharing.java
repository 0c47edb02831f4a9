package dev.sotto.client.encryption.megolm;

import dev.sotto.client.encryption.device.Device;
import dev.sotto.protocol.id.UserId;
import java.util.List;
import java.util.Set;

/// Whether the key to what is sent next is with those who are to read it.
public sealed interface Sharing {
  /// It is, or on its way in the queue: the message may follow.
  ///
  /// @param leftOut who does not get it
  record Ready(List<LeftOut> leftOut) implements Sharing {
    public Ready {
      leftOut = List.copyOf(leftOut);
    }
  }

  /// There is no channel yet to some devices; to be tried again when claims were answered. The
  /// others have it.
  record Waiting(List<Device> devices) implements Sharing {
    public Waiting {
      devices = List.copyOf(devices);
    }
  }

  /// Nothing may be sent before it is confirmed that these users have another identity than the one
  /// that was verified, or they are gone from the room.
  record OwnersChanged(Set<UserId> users) implements Sharing {
    public OwnersChanged {
      users = Set.copyOf(users);
    }
  }

  /// The room is encrypted in a way that is not known here; nothing can be sent to it.
  record Unsupported() implements Sharing {}

  /// A device that does not get the key.
  ///
  /// @param code why, as the device is told: `m.unverified`, `m.blacklisted` or `m.no_olm`
  record LeftOut(Device device, String code) {}
}
