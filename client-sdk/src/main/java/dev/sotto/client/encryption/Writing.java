package dev.sotto.client.encryption;

import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.encryption.megolm.Sharing;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// Encrypts messages to rooms once their keys are where they belong. Not for several threads.
final class Writing {
  private final Parts parts;

  // Keys that a process before this one left in the queue, of whichever room.
  private final Set<String> inherited;
  private final Map<RoomId, Set<String>> onTheWay = new HashMap<>();

  Writing(Parts parts) {
    this.parts = parts;
    this.inherited = new HashSet<>(parts.queue().ids());
  }

  Encryption encrypt(RoomId room, Collection<UserId> readers, String type, ObjectNode content) {
    Set<UserId> users = new LinkedHashSet<>(readers);
    users.add(parts.account().user());
    parts.tracking().track(users);
    if (!users.stream().allMatch(parts.tracking()::isSettled)) {
      return new Encryption.NotYet();
    }
    List<Device> devices = new ArrayList<>();
    users.forEach(user -> devices.addAll(parts.tracking().devices(user).values()));
    return switch (share(room, devices)) {
      case Sharing.Waiting _ -> new Encryption.NotYet();
      case Sharing.OwnersChanged(Set<UserId> changed) -> new Encryption.OwnersChanged(changed);
      case Sharing.Unsupported() -> new Encryption.Unsupported();
      case Sharing.Ready(List<Sharing.LeftOut> leftOut) ->
          isUnderWay(room)
              ? new Encryption.NotYet()
              : new Encryption.Encrypted(
                  parts.roomKeys().outbound().encrypt(room, type, content), leftOut);
    };
  }

  /// Shares the room's key, and remembers what of that is still to be sent.
  private Sharing share(RoomId room, List<Device> devices) {
    Set<String> before = parts.queue().ids();
    Sharing sharing = parts.roomKeys().outbound().share(room, devices);
    Set<String> added = new HashSet<>(parts.queue().ids());
    added.removeAll(before);
    if (!added.isEmpty()) {
      onTheWay.computeIfAbsent(room, _ -> new HashSet<>()).addAll(added);
    }
    return sharing;
  }

  /// Whether keys are still waiting to be sent: a message that overtakes its key cannot be read at
  /// first.
  private boolean isUnderWay(RoomId room) {
    Set<String> waiting = parts.queue().ids();
    inherited.retainAll(waiting);
    Set<String> ofRoom = onTheWay.getOrDefault(room, new HashSet<>());
    ofRoom.retainAll(waiting);
    if (ofRoom.isEmpty()) {
      onTheWay.remove(room);
    }
    return !ofRoom.isEmpty() || !inherited.isEmpty();
  }
}
