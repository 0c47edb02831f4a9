package dev.sotto.client.encryption;

import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.encryption.megolm.Sharing;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/// Encrypts messages to rooms once their keys are where they belong. Not for several threads.
final class Writing {
  private final Parts parts;

  Writing(Parts parts) {
    this.parts = parts;
  }

  EncryptionOutcome encrypt(
      RoomId room, Collection<UserId> readers, String type, ObjectNode content) {
    Set<UserId> users = new LinkedHashSet<>(readers);
    users.add(parts.account().user());
    parts.tracking().track(users);
    if (!users.stream().allMatch(parts.tracking()::isSettled)) {
      return new EncryptionOutcome.NotYet();
    }
    List<Device> devices = new ArrayList<>();
    users.forEach(user -> devices.addAll(parts.tracking().devices(user).values()));
    return switch (parts.roomKeys().outbound().share(room, devices)) {
      case Sharing.Waiting _ -> new EncryptionOutcome.NotYet();
      case Sharing.OwnersChanged(Set<UserId> changed) ->
          new EncryptionOutcome.OwnersChanged(changed);
      case Sharing.Unsupported() -> new EncryptionOutcome.Unsupported();
      case Sharing.Ready(List<Sharing.LeftOut> leftOut) ->
          // A message that overtakes its key cannot be read at first.
          parts.queue().hasKeyOf(room)
              ? new EncryptionOutcome.NotYet()
              : new EncryptionOutcome.Encrypted(
                  parts.roomKeys().outbound().encrypt(room, type, content),
                  leftOut,
                  users.stream()
                      .filter(user -> !parts.tracking().isKnown(user))
                      .collect(Collectors.toSet()));
    };
  }
}
