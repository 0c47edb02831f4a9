package dev.sotto.client;

import dev.sotto.client.encryption.EncryptionOutcome.Encrypted;
import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.encryption.megolm.Sharing.LeftOut;
import dev.sotto.client.error.LeftOutException;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Tells, once for each device, that it cannot read what we send; and, once for each user, that it
/// may be so with devices that are not known.
final class LeftOutDevices {
  private static final int REMEMBERED = 10_000;

  private record Told(UserId user, Optional<DeviceId> device, Optional<String> code) {}

  private final Handlers handlers;
  private final Set<Told> told = new LinkedHashSet<>();

  LeftOutDevices(Handlers handlers) {
    this.handlers = handlers;
  }

  void tell(RoomId room, Encrypted encrypted) {
    tell(room, encrypted.leftOut());
    for (UserId user : encrypted.unknown()) {
      tell(room, LeftOutException.unknown(user));
    }
  }

  void tell(RoomId room, List<LeftOut> devices) {
    for (LeftOut leftOut : devices) {
      Device device = leftOut.device();
      tell(room, LeftOutException.of(device.user(), device.id(), leftOut.code()));
    }
  }

  private void tell(RoomId room, LeftOutException one) {
    if (isNew(new Told(one.user(), one.device(), one.code()))) {
      handlers.problem(Problem.Kind.LEFT_OUT, room, one);
    }
  }

  private synchronized boolean isNew(Told one) {
    if (told.size() >= REMEMBERED) {
      told.clear();
    }
    return told.add(one);
  }
}
