package dev.sotto.client;

import dev.sotto.client.encryption.megolm.Sharing.LeftOut;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Tells, once for each device, that it cannot read what we send.
final class LeftOutDevices {
  private static final int REMEMBERED = 10_000;

  private record Told(UserId user, DeviceId device, String code) {}

  private final Handlers handlers;
  private final Set<Told> told = new LinkedHashSet<>();

  LeftOutDevices(Handlers handlers) {
    this.handlers = handlers;
  }

  void tell(RoomId room, List<LeftOut> devices) {
    for (LeftOut leftOut : devices) {
      Told one = new Told(leftOut.device().user(), leftOut.device().id(), leftOut.code());
      if (isNew(one)) {
        handlers.problem(
            Problem.Kind.LEFT_OUT,
            room,
            new IllegalStateException(
                "Device %s of %s cannot read our messages: %s"
                    .formatted(one.device, one.user, one.code)));
      }
    }
  }

  private synchronized boolean isNew(Told one) {
    if (told.size() >= REMEMBERED) {
      told.clear();
    }
    return told.add(one);
  }
}
