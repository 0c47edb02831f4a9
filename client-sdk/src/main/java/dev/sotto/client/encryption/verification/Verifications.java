package dev.sotto.client.encryption.verification;

import dev.sotto.client.encryption.request.RequestIds;
import dev.sotto.client.encryption.verification.Verification.By;
import dev.sotto.client.encryption.verification.Verification.Cancelled;
import dev.sotto.client.encryption.verification.Verification.KeysExchanged;
import dev.sotto.client.encryption.verification.Verification.Open;
import dev.sotto.client.encryption.verification.Verification.Ready;
import dev.sotto.client.encryption.verification.Verification.RequestReceived;
import dev.sotto.client.encryption.verification.Verification.RequestSent;
import dev.sotto.client.encryption.verification.Verification.Unsupported;
import dev.sotto.protocol.crypto.VerifyKey;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Leads this device's verifications, several at a time. It is given what comes in and gives out
/// what is to be sent. Not for several threads.
///
/// Whatever comes in, nothing is thrown: what makes no sense cancels the verification it belongs
/// to, and what belongs to none is passed over or answered as unknown.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#device-verification
public final class Verifications implements AutoCloseable {
  /// How many verifications that others began may be open at a time.
  static final int MAX_OPEN = 64;

  /// How many of those may be one user's.
  static final int MAX_OPEN_OF_USER = 4;

  /// How many ended ones, and how many unknown ones, are remembered at most.
  static final int MAX_REMEMBERED = 256;

  private static final Duration MAX_AHEAD = Duration.ofMinutes(5);

  private final Own own;
  private final InstantSource clock;
  private final RequestIds ids;
  private final Outbox outbox;
  private final Map<Flow, Exchange> exchanges = new LinkedHashMap<>();
  private final Map<Long, Verification> changed = new LinkedHashMap<>();
  private final SequencedSet<Flow> refused = new LinkedHashSet<>();
  private long lastId;

  /// @param fingerprint the Ed25519 key of this device
  public Verifications(
      UserId user,
      DeviceId device,
      VerifyKey fingerprint,
      KnownKeys keys,
      InstantSource clock,
      RequestIds ids) {
    this.own = new Own(user, device, fingerprint, keys);
    this.clock = clock;
    this.ids = ids;
    this.outbox = new Outbox(ids);
  }

  /// Whether an event, in a room or to a device, is one that has to be heard here.
  public static boolean isVerification(String type, ObjectNode content) {
    return MessageType.of(type).isPresent() || isRequest(type, content);
  }

  private static boolean isRequest(String type, ObjectNode content) {
    return type.equals(MessageType.ROOM_MESSAGE)
        && MessageType.REQUEST.value().equals(content.path("msgtype").stringValue(null));
  }

  // What the user does.

  /// Asks a user for verification, in a room that both share. One that was begun here with the same
  /// user and has not ended is cancelled.
  public RequestSent request(RoomId room, UserId user) {
    cancelBegun(user);
    ObjectNode content = Json.object();
    content.put("msgtype", MessageType.REQUEST.value());
    content.put(
        "body",
        own.user()
            + " asks you to verify your keys with each other. Your client does not offer that for"
            + " this kind of request; compare the keys by other means.");
    content.put("to", user.value());
    content.put("from_device", own.device().value());
    content.putArray("methods").add(SasExchange.METHOD);
    String message = outbox.toRoom(room, MessageType.ROOM_MESSAGE, content);
    return begin(
        new Flow.Unsent(room, message),
        new RequestSent(++lastId, new Peer(user, null, room)),
        Set.of());
  }

  /// Asks devices of a user, most often of one's own, for verification. The first that answers is
  /// verified, and the others are told. One that was begun here with the same user and has not
  /// ended is cancelled.
  ///
  /// @param devices at least one, all but this one
  public RequestSent request(UserId user, Set<DeviceId> devices) {
    if (devices.isEmpty() || user.equals(own.user()) && devices.contains(own.device())) {
      throw new IllegalArgumentException("other devices are needed to verify");
    }
    cancelBegun(user);
    Flow flow = new Flow.ByDevice(user, "verification." + ids.next());
    ObjectNode content = Json.object();
    content.put("from_device", own.device().value());
    content.putArray("methods").add(SasExchange.METHOD);
    content.put("timestamp", clock.instant().toEpochMilli());
    flow.tag(content);
    outbox.toDevices(user, devices, MessageType.REQUEST, content);
    Peer peer = new Peer(user, null, null);
    return begin(flow, new RequestSent(++lastId, peer), Set.copyOf(devices));
  }

  private RequestSent begin(Flow flow, RequestSent first, Set<DeviceId> asked) {
    add(Exchange.begin(own, outbox, this::news, flow, first, asked, clock.instant()));
    return first;
  }

  private void cancelBegun(UserId user) {
    expire();
    for (Exchange each : exchanges()) {
      if (each.isOpen() && each.beganHere() && each.peer().user().equals(user)) {
        each.cancel(CancelCode.USER, clock.instant());
      }
    }
  }

  /// Agrees to verify.
  ///
  /// @return the phase it is in now. If it had gone on already, nothing is done; so it is with all
  ///   that follow.
  public Verification accept(RequestReceived request) {
    return act(request, each -> each.accept(clock.instant()));
  }

  /// Begins to exchange keys, so that codes can be compared. Each side may; one must.
  public Verification start(Ready ready) {
    return act(ready, each -> each.start(clock.instant()));
  }

  /// The user says that both devices show the same.
  public Verification confirm(KeysExchanged codes) {
    return act(codes, each -> each.confirm(clock.instant()));
  }

  /// The user says that the devices show different codes: somebody is in between, most likely.
  public Verification mismatch(KeysExchanged codes) {
    return act(codes, each -> each.cancel(CancelCode.MISMATCHED_SAS, clock.instant()));
  }

  /// Ends a verification, or declines a request. Not refused if it has gone on meanwhile.
  public Verification cancel(Open verification) {
    expire();
    find(verification.id()).ifPresent(each -> each.cancel(CancelCode.USER, clock.instant()));
    return now(verification);
  }

  private Verification act(Open phase, Consumer<Exchange> action) {
    expire();
    find(phase.id()).filter(each -> each.phase().equals(phase)).ifPresent(action);
    return now(phase);
  }

  /// The phase a verification is in by now.
  public Verification now(Verification verification) {
    return find(verification.id())
        .map(Exchange::phase)
        .orElseGet(() -> verification instanceof Open open ? forgotten(open) : verification);
  }

  private static Verification forgotten(Open open) {
    CancelCode code = CancelCode.UNKNOWN_TRANSACTION;
    return new Cancelled(open.id(), open.peer(), code, code.sentence(), By.US);
  }

  /// The verifications that have not ended, the oldest first.
  public List<Open> open() {
    expire();
    List<Open> open = new ArrayList<>();
    for (Exchange each : exchanges.values()) {
      if (each.phase() instanceof Open phase) {
        open.add(phase);
      }
    }
    return open;
  }

  // What the machine asks.

  /// What is to be sent, in this order; each is given out once.
  public List<VerificationMessage> messages() {
    expire();
    return outbox.take();
  }

  /// The verifications that have gone on since this was asked last, each in the phase it is in now.
  /// A `Done` is among them exactly once: its keys are to be signed then.
  public List<Verification> changed() {
    expire();
    List<Verification> all = List.copyOf(changed.values());
    changed.clear();
    return all;
  }

  /// The users whose devices have to be asked for, since one that takes part is not known. Each is
  /// named once per verification.
  public Set<UserId> wanted() {
    Set<UserId> users = new HashSet<>();
    for (Exchange each : exchanges.values()) {
      if (each.wantsKeys()) {
        users.add(each.peer().user());
      }
    }
    return users;
  }

  /// The server has taken a message for a room.
  ///
  /// @param message the id of the message
  public void sent(String message, EventId event) {
    for (Exchange each : exchanges()) {
      if (each.flow() instanceof Flow.Unsent flow && flow.message().equals(message)) {
        locate(each, new Flow.InRoom(flow.room(), event));
      }
    }
  }

  /// A message cannot be sent: its verification ends.
  ///
  /// @param message the id of the message
  public void failed(String message) {
    for (Exchange each : exchanges()) {
      if (each.hasSent(message)) {
        each.failed(clock.instant());
      }
    }
  }

  /// Ends what has taken too long. Everything else here does that first as well.
  public void expire() {
    Instant now = clock.instant();
    exchanges().forEach(each -> each.expire(now));
    Instant past = now.minus(Exchange.MAX_TIME);
    exchanges.values().removeIf(each -> each.endedBefore(past));
    long ended = exchanges.values().stream().filter(each -> !each.isOpen()).count();
    for (Exchange each : exchanges()) {
      if (ended > MAX_REMEMBERED && !each.isOpen()) {
        exchanges.remove(each.flow());
        ended--;
      }
    }
  }

  // What comes in.

  /// Hears a message to this device.
  ///
  /// @param senderDevice the device that encrypted it; null if it came in the clear
  public void receive(
      UserId sender, @Nullable DeviceId senderDevice, String type, ObjectNode content) {
    expire();
    Optional<MessageType> known = MessageType.of(type);
    Optional<String> transaction = Content.optionalText(content, "transaction_id");
    if (known.isEmpty() || transaction.isEmpty() || isFromHere(sender, content)) {
      return;
    }
    Message message = new Message(sender, senderDevice, known.get(), content);
    Flow flow = new Flow.ByDevice(sender, transaction.get());
    Exchange exchange = exchanges.get(flow);
    if (exchange != null) {
      exchange.hear(message, clock.instant());
    } else if (Content.isSane(content)) {
      switch (message.type()) {
        case REQUEST -> requestedByDevice(flow, message);
        case START -> startedWithoutRequest(flow, message);
        case READY, ACCEPT, KEY, MAC, DONE -> refuse(flow, message);
        case CANCEL -> {}
      }
    }
  }

  private boolean isFromHere(UserId sender, ObjectNode content) {
    return sender.equals(own.user())
        && own.device().value().equals(content.path("from_device").stringValue(null));
  }

  private void requestedByDevice(Flow flow, Message message) {
    JsonNode timestamp = message.content().path("timestamp");
    if (timestamp.isIntegralNumber() && timestamp.canConvertToLong()) {
      requested(flow, message, null, Instant.ofEpochMilli(timestamp.longValue()));
    }
  }

  private void startedWithoutRequest(Flow flow, Message message) {
    ObjectNode content = message.content();
    Optional<DeviceId> device = Content.optionalDevice(content, "from_device");
    if (device.isEmpty() || !message.mayBeFrom(device.get())) {
      return;
    }
    if (!SasExchange.METHOD.equals(content.path("method").stringValue(null))) {
      tell(message.sender(), device.get(), flow, CancelCode.UNKNOWN_METHOD);
      return;
    }
    Peer peer = new Peer(message.sender(), device.get(), null);
    if (mayBegin(peer)) {
      add(
          Exchange.startedWithoutRequest(
              own,
              outbox,
              this::news,
              flow,
              new RequestReceived(++lastId, peer),
              content,
              clock.instant()));
      cancelSeveral(message.sender(), device.get());
    }
  }

  /// Says that a transaction is not known, most likely no longer; once for each.
  private void refuse(Flow flow, Message message) {
    if (!refused.add(flow)) {
      return;
    }
    if (refused.size() > MAX_REMEMBERED) {
      refused.removeFirst();
    }
    DeviceId device =
        message.senderDevice() != null
            ? message.senderDevice()
            : Content.optionalDevice(message.content(), "from_device").orElse(null);
    tell(message.sender(), device, flow, CancelCode.UNKNOWN_TRANSACTION);
  }

  private void tell(UserId user, @Nullable DeviceId device, Flow flow, CancelCode code) {
    ObjectNode content = Exchange.cancellation(code);
    flow.tag(content);
    if (device == null) {
      outbox.toAllDevices(user, MessageType.CANCEL, content);
    } else {
      outbox.toDevices(user, Set.of(device), MessageType.CANCEL, content);
    }
  }

  /// Hears an event of a room, also this user's own. Messages of verifications that are not known
  /// are others' business.
  public void receive(RoomEvent event) {
    expire();
    if (isRequest(event.type(), event.content())) {
      if (Content.isSane(event.content())) {
        requestedInRoom(event);
      }
      return;
    }
    Optional<MessageType> type = MessageType.of(event.type());
    Exchange exchange = related(event).map(exchanges::get).orElse(null);
    if (type.isEmpty() || exchange == null) {
      return;
    }
    Message message =
        new Message(event.sender(), event.senderDevice(), type.get(), event.content());
    if (event.sender().equals(exchange.peer().user())) {
      exchange.hear(message, clock.instant());
    } else if (event.sender().equals(own.user())) {
      exchange.hearOwn(message, clock.instant());
    }
  }

  private static Optional<Flow> related(RoomEvent event) {
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

  private void requestedInRoom(RoomEvent event) {
    ObjectNode content = event.content();
    Flow.InRoom flow = new Flow.InRoom(event.room(), event.id());
    if (exchanges.containsKey(flow)) {
      return;
    }
    if (isFromHere(event.sender(), content)) {
      echoed(flow, content);
    } else if (!event.sender().equals(own.user())
        && own.user().value().equals(content.path("to").stringValue(null))) {
      Message message =
          new Message(event.sender(), event.senderDevice(), MessageType.REQUEST, content);
      requested(flow, message, event.room(), event.sentAt());
    }
  }

  /// A request of this device is back from the server, maybe before the answer to its sending.
  private void echoed(Flow.InRoom place, ObjectNode content) {
    for (Exchange each : exchanges()) {
      if (each.flow() instanceof Flow.Unsent unsent
          && unsent.room().equals(place.room())
          && each.peer().user().value().equals(content.path("to").stringValue(null))) {
        locate(each, place);
        return;
      }
    }
  }

  private void requested(Flow flow, Message message, @Nullable RoomId room, Instant sentAt) {
    Instant now = clock.instant();
    Optional<DeviceId> device = Content.optionalDevice(message.content(), "from_device");
    if (device.isEmpty()
        || !message.mayBeFrom(device.get())
        || sentAt.isAfter(now.plus(MAX_AHEAD))
        || sentAt.isBefore(now.minus(Exchange.MAX_TIME))) {
      return;
    }
    List<String> methods;
    try {
      methods = Content.texts(message.content(), "methods");
    } catch (Breach _) {
      return;
    }
    Peer peer = new Peer(message.sender(), device.get(), room);
    if (!mayBegin(peer)) {
      return;
    }
    long id = ++lastId;
    Verification first =
        methods.contains(SasExchange.METHOD)
            ? new RequestReceived(id, peer)
            : new Unsupported(id, peer);
    Instant begun = sentAt.isAfter(now) ? now : sentAt;
    add(Exchange.received(own, outbox, this::news, flow, first, begun, now));
    cancelSeveral(message.sender(), device.get());
  }

  private boolean mayBegin(Peer peer) {
    int all = 0;
    int ofUser = 0;
    for (Exchange each : exchanges.values()) {
      if (each.isOpen() && !each.beganHere()) {
        all++;
        ofUser += each.peer().user().equals(peer.user()) ? 1 : 0;
      }
    }
    return all < MAX_OPEN && ofUser < MAX_OPEN_OF_USER;
  }

  /// A device that asks again while an earlier request of it is open has both cancelled.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#error-and-exception-handling
  private void cancelSeveral(UserId user, DeviceId device) {
    List<Exchange> several =
        exchanges.values().stream()
            .filter(each -> each.isOpen() && each.isRequestOf(user, device))
            .toList();
    if (several.size() > 1) {
      several.forEach(each -> each.cancel(CancelCode.UNEXPECTED_MESSAGE, clock.instant()));
    }
  }

  // What is known.

  private void news(Verification phase) {
    changed.put(phase.id(), phase);
  }

  private void add(Exchange exchange) {
    exchanges.put(exchange.flow(), exchange);
  }

  private void locate(Exchange exchange, Flow.InRoom place) {
    exchanges.remove(exchange.flow());
    exchange.located(place);
    add(exchange);
  }

  private Optional<Exchange> find(long id) {
    return exchanges.values().stream().filter(each -> each.phase().id() == id).findFirst();
  }

  private List<Exchange> exchanges() {
    return List.copyOf(exchanges.values());
  }

  /// Forgets all of them, without a word to the other sides.
  @Override
  public void close() {
    exchanges.values().forEach(Exchange::close);
    exchanges.clear();
  }
}
