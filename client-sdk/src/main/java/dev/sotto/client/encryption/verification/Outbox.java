package dev.sotto.client.encryption.verification;

import dev.sotto.client.encryption.request.RequestIds;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/// What is to be sent, until somebody takes it.
final class Outbox {
  private final RequestIds ids;
  private final List<VerificationMessage> messages = new ArrayList<>();

  Outbox(RequestIds ids) {
    this.ids = ids;
  }

  /// @return the id by which the message's sending is heard of
  String toRoom(RoomId room, String type, ObjectNode content) {
    String id = ids.next();
    messages.add(new VerificationMessage.ToRoom(id, room, type, content));
    return id;
  }

  void toDevices(UserId user, Collection<DeviceId> devices, MessageType type, ObjectNode content) {
    if (!devices.isEmpty()) {
      Map<String, ObjectNode> contents =
          devices.stream().collect(Collectors.toMap(DeviceId::value, _ -> content));
      messages.add(new VerificationMessage.ToDevices(type.value(), user, contents));
    }
  }

  void toAllDevices(UserId user, MessageType type, ObjectNode content) {
    messages.add(new VerificationMessage.ToDevices(type.value(), user, Map.of("*", content)));
  }

  List<VerificationMessage> take() {
    List<VerificationMessage> taken = List.copyOf(messages);
    messages.clear();
    return taken;
  }
}
