package dev.sotto.client.encryption.verification;

import dev.sotto.client.verification.CancelCode;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// How the messages of one verification get to the other side. Not for several threads.
final class Route {
  private final Outbox outbox;
  private final UserId user;
  private final Set<String> sentToRoom = new HashSet<>();
  private Flow flow;
  private Set<DeviceId> devices;
  private @Nullable CancelCode cancelOnceSent;

  /// @param devices which of the user's devices take part, or were asked to
  Route(Outbox outbox, Flow flow, UserId user, Set<DeviceId> devices) {
    this.outbox = outbox;
    this.flow = flow;
    this.user = user;
    this.devices = devices;
  }

  Flow flow() {
    return flow;
  }

  boolean isByDevice() {
    return flow instanceof Flow.ByDevice;
  }

  /// Whether a device takes part, or was asked to; in a room every device of the user is.
  boolean reaches(DeviceId device) {
    return !isByDevice() || devices.contains(device);
  }

  /// Goes on with one device, and tells those that were asked as well.
  void settleOn(DeviceId device) {
    Set<DeviceId> others = new HashSet<>(devices);
    others.remove(device);
    devices = Set.of(device);
    tell(others, CancelCode.ACCEPTED);
  }

  /// Tells all devices that were asked of the answer of one.
  void tellAll(CancelCode code) {
    tell(devices, code);
  }

  /// Tells devices that they are not, or no longer, part of it.
  void tell(Set<DeviceId> some, CancelCode code) {
    if (isByDevice()) {
      ObjectNode content = cancellation(code);
      flow.tag(content);
      outbox.toDevices(user, some, MessageType.CANCEL, content);
    }
  }

  /// Sends a message, to which it adds the verification it belongs to.
  void send(MessageType type, ObjectNode content) {
    flow.tag(content);
    switch (flow) {
      case Flow.InRoom room -> sentToRoom.add(outbox.toRoom(room.room(), type.value(), content));
      case Flow.ByDevice _ -> outbox.toDevices(user, devices, type, content);
      case Flow.Unsent _ -> throw new IllegalStateException("the request is not sent yet");
    }
  }

  void cancel(CancelCode code) {
    if (flow instanceof Flow.Unsent) {
      cancelOnceSent = code;
    } else {
      send(MessageType.CANCEL, cancellation(code));
    }
  }

  static ObjectNode cancellation(CancelCode code) {
    return Json.object().put("code", code.value()).put("reason", code.sentence());
  }

  /// The request is in its room.
  void located(Flow.InRoom place) {
    flow = place;
    if (cancelOnceSent != null) {
      cancel(cancelOnceSent);
      cancelOnceSent = null;
    }
  }

  /// Whether a message was sent to its room by this id.
  boolean hasSent(String message) {
    return sentToRoom.contains(message)
        || flow instanceof Flow.Unsent unsent && unsent.message().equals(message);
  }
}
