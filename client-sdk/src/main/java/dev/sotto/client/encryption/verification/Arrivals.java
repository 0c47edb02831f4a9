package dev.sotto.client.encryption.verification;

import dev.sotto.client.verification.CancelCode;
import dev.sotto.client.verification.Peer;
import dev.sotto.client.verification.Verification.Open;
import dev.sotto.client.verification.Verification.RequestReceived;
import dev.sotto.client.verification.Verification.Unsupported;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What comes in: it goes to the verification it belongs to, begins one, or is answered as unknown.
final class Arrivals {
  private static final int MAX_REFUSED = 256;
  private static final Duration MAX_AHEAD = Duration.ofMinutes(5);

  private final Exchanges exchanges;
  private final Outbox outbox;
  private final SequencedSet<Flow> refused = new LinkedHashSet<>();

  Arrivals(Exchanges exchanges, Outbox outbox) {
    this.exchanges = exchanges;
    this.outbox = outbox;
  }

  /// Takes a message to this device.
  void take(Own own, Message message) {
    ObjectNode content = message.content();
    Optional<String> transaction = Content.optionalText(content, "transaction_id");
    if (transaction.isEmpty() || isFromHere(own, message.sender(), content)) {
      return;
    }
    Flow flow = new Flow.ByDevice(message.sender(), transaction.get());
    Optional<Exchange> exchange = exchanges.find(flow);
    if (exchange.isPresent()) {
      exchange.get().hear(message);
    } else if (Content.isSane(content)) {
      switch (message.type()) {
        case REQUEST -> requestedByDevice(own, flow, message);
        case START -> startedWithoutRequest(own, flow, message);
        case READY, ACCEPT, KEY, MAC, DONE -> refuse(flow, message);
        case CANCEL -> {}
      }
    }
  }

  /// A message to all devices of a user comes back to the one that sent it.
  private static boolean isFromHere(Own own, UserId sender, ObjectNode content) {
    return sender.equals(own.user())
        && own.device().value().equals(content.path("from_device").stringValue(null));
  }

  private void requestedByDevice(Own own, Flow flow, Message message) {
    JsonNode timestamp = message.content().path("timestamp");
    if (timestamp.isIntegralNumber() && timestamp.canConvertToLong()) {
      requested(own, flow, message, null, Instant.ofEpochMilli(timestamp.longValue()));
    }
  }

  private void startedWithoutRequest(Own own, Flow flow, Message message) {
    ObjectNode content = message.content();
    Optional<DeviceId> device = Content.optionalDevice(content, "from_device");
    if (device.isEmpty() || !message.mayBeFrom(device.get())) {
      return;
    }
    if (!Methods.SAS.equals(content.path("method").stringValue(null))) {
      tell(message.sender(), device.get(), flow, CancelCode.UNKNOWN_METHOD);
    } else if (exchanges.mayBegin(message.sender())) {
      Peer peer = new Peer(message.sender(), device, Optional.empty());
      Route route = new Route(outbox, flow, peer.user(), Set.of(device.get()));
      RequestReceived first = new RequestReceived(exchanges.nextId(), peer);
      exchanges.add(new Exchange(own, route, exchanges::changed, first, content));
      exchanges.cancelSeveral(peer.user(), device.get());
    }
  }

  /// Says that a transaction is not known, most likely no longer; once for each.
  private void refuse(Flow flow, Message message) {
    if (!refused.add(flow)) {
      return;
    }
    if (refused.size() > MAX_REFUSED) {
      refused.removeFirst();
    }
    DeviceId device =
        message.senderDevice() != null
            ? message.senderDevice()
            : Content.optionalDevice(message.content(), "from_device").orElse(null);
    tell(message.sender(), device, flow, CancelCode.UNKNOWN_TRANSACTION);
  }

  /// @param device null if it could be any of the user's
  private void tell(UserId user, @Nullable DeviceId device, Flow flow, CancelCode code) {
    ObjectNode content = Route.cancellation(code);
    flow.tag(content);
    if (device == null) {
      outbox.toAllDevices(user, MessageType.CANCEL, content);
    } else {
      outbox.toDevices(user, Set.of(device), MessageType.CANCEL, content);
    }
  }

  /// Takes an event of a room, also this user's own. Messages of verifications that are not known
  /// are others' business.
  void take(Own own, TimelineEvent event) {
    if (MessageType.isRequest(event.type(), event.content())) {
      if (Content.isSane(event.content())) {
        requestedInRoom(own, event);
      }
      return;
    }
    Optional<MessageType> type = MessageType.of(event.type());
    Optional<Exchange> related = related(event).flatMap(exchanges::find);
    if (type.isEmpty() || related.isEmpty()) {
      return;
    }
    Exchange exchange = related.get();
    Message message =
        new Message(event.sender(), event.senderDevice(), type.get(), event.content());
    if (event.sender().equals(exchange.peer().user())) {
      exchange.hear(message);
    } else if (event.sender().equals(own.user())) {
      exchange.hearOwn(message);
    }
  }

  private static Optional<Flow> related(TimelineEvent event) {
    JsonNode relation = event.content().path("m.relates_to");
    if (!"m.reference".equals(relation.path("rel_type").stringValue(null))) {
      return Optional.empty();
    }
    try {
      String id = relation.path("event_id").stringValue("");
      return Optional.of(new Flow.InRoom(event.room(), new EventId(id)));
    } catch (MatrixException _) {
      return Optional.empty();
    }
  }

  private void requestedInRoom(Own own, TimelineEvent event) {
    ObjectNode content = event.content();
    Flow.InRoom flow = new Flow.InRoom(event.room(), event.id());
    String to = content.path("to").stringValue("");
    if (exchanges.find(flow).isPresent()) {
      return;
    }
    if (isFromHere(own, event.sender(), content)) {
      // Back from the server, maybe before the answer to its sending.
      exchanges.echoed(to, flow);
    } else if (!event.sender().equals(own.user()) && own.user().value().equals(to)) {
      Message message =
          new Message(event.sender(), event.senderDevice(), MessageType.REQUEST, content);
      requested(own, flow, message, event.room(), event.sentAt());
    }
  }

  private void requested(
      Own own, Flow flow, Message message, @Nullable RoomId room, Instant sentAt) {
    Instant now = own.clock().instant();
    Optional<DeviceId> device = Content.optionalDevice(message.content(), "from_device");
    if (device.isEmpty()
        || !message.mayBeFrom(device.get())
        || sentAt.isAfter(now.plus(MAX_AHEAD))
        || sentAt.isBefore(now.minus(Exchange.MAX_TIME))
        || !exchanges.mayBegin(message.sender())) {
      return;
    }
    List<String> methods;
    try {
      methods = Content.texts(message.content(), "methods");
    } catch (Breach _) {
      return;
    }
    Peer peer = new Peer(message.sender(), device, Optional.ofNullable(room));
    Open first =
        Methods.common(own.methods(), methods).isEmpty()
            ? new Unsupported(exchanges.nextId(), peer)
            : new RequestReceived(exchanges.nextId(), peer);
    Route route = new Route(outbox, flow, peer.user(), Set.of(device.get()));
    Instant begun = sentAt.isAfter(now) ? now : sentAt;
    exchanges.add(new Exchange(own, route, exchanges::changed, first, begun, methods));
    exchanges.cancelSeveral(peer.user(), device.get());
  }
}
