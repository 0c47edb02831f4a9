package dev.sotto.client.encryption.verification;

import dev.sotto.client.encryption.request.RequestIds;
import dev.sotto.client.memory.Recent;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/// What is to be sent, until somebody takes it.
final class Outbox {
  /// How many messages the devices of one user, or one room, are sent within as long as a
  /// verification may take, which is enough for several. Whoever makes up messages that are to be
  /// answered could else have this device send as many, and keys of rooms wait behind them.
  private static final int MAX_TO_ONE = 64;

  private static final int MAX_COUNTED = 1000;

  private final RequestIds ids;
  private final InstantSource clock;
  private final Recent<Object, Sent> sent = new Recent<>(MAX_COUNTED);
  private final List<VerificationMessage> messages = new ArrayList<>();

  /// @param since the first of them
  private record Sent(Instant since, int count) {}

  Outbox(RequestIds ids, InstantSource clock) {
    this.ids = ids;
    this.clock = clock;
  }

  /// @param to a user or a room
  private boolean mayTell(Object to) {
    Instant now = clock.instant();
    Sent before = sent.get(to);
    if (before == null || now.isAfter(before.since.plus(Exchange.MAX_TIME))) {
      before = new Sent(now, 0);
    }
    sent.put(to, new Sent(before.since, before.count + 1));
    return before.count < MAX_TO_ONE;
  }

  /// @return the id by which the message's sending is heard of
  String toRoom(RoomId room, String type, ObjectNode content) {
    String id = ids.next();
    if (mayTell(room)) {
      messages.add(new VerificationMessage.ToRoom(id, room, type, content));
    }
    return id;
  }

  void toDevices(UserId user, Collection<DeviceId> devices, MessageType type, ObjectNode content) {
    if (!devices.isEmpty() && mayTell(user)) {
      Map<String, ObjectNode> contents =
          devices.stream().collect(Collectors.toMap(DeviceId::value, _ -> content));
      messages.add(new VerificationMessage.ToDevices(type.value(), user, contents));
    }
  }

  void toAllDevices(UserId user, MessageType type, ObjectNode content) {
    if (mayTell(user)) {
      messages.add(new VerificationMessage.ToDevices(type.value(), user, Map.of("*", content)));
    }
  }

  List<VerificationMessage> take() {
    List<VerificationMessage> taken = List.copyOf(messages);
    messages.clear();
    return taken;
  }
}
