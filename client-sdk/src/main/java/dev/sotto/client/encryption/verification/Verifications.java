package dev.sotto.client.encryption.verification;

import dev.sotto.client.encryption.request.RequestIds;
import dev.sotto.client.verification.CancelCode;
import dev.sotto.client.verification.Method;
import dev.sotto.client.verification.Peer;
import dev.sotto.client.verification.Verification;
import dev.sotto.client.verification.Verification.By;
import dev.sotto.client.verification.Verification.Cancelled;
import dev.sotto.client.verification.Verification.KeysExchanged;
import dev.sotto.client.verification.Verification.Open;
import dev.sotto.client.verification.Verification.Ready;
import dev.sotto.client.verification.Verification.RequestReceived;
import dev.sotto.client.verification.Verification.RequestSent;
import dev.sotto.client.verification.Verification.Scanned;
import dev.sotto.protocol.crypto.VerifyKey;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Leads this device's verifications, several at a time. It is given what comes in and gives out
/// what is to be sent. Not for several threads.
///
/// Whatever comes in, nothing is thrown: what makes no sense cancels the verification it belongs
/// to, and what belongs to none is passed over or answered as unknown.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#device-verification
public final class Verifications implements AutoCloseable {
  private final RequestIds ids;
  private final Outbox outbox;
  private final Exchanges exchanges = new Exchanges();
  private final Arrivals arrivals;
  private Own own;

  /// @param fingerprint the Ed25519 key of this device
  /// @param methods what this device can do, see [#offer]
  public Verifications(
      UserId user,
      DeviceId device,
      VerifyKey fingerprint,
      KnownKeys keys,
      Set<Method> methods,
      InstantSource clock,
      RequestIds ids,
      SecureRandom random) {
    this.own = new Own(user, device, fingerprint, keys, methods, clock, random);
    this.ids = ids;
    this.outbox = new Outbox(ids, clock);
    this.arrivals = new Arrivals(exchanges, outbox);
  }

  /// Whether an event, in a room or to a device, is one that has to be heard here.
  public static boolean isVerification(String type, ObjectNode content) {
    return MessageType.of(type).isPresent() || MessageType.isRequest(type, content);
  }

  // What the user does.

  /// Says what this device can do, in verifications that begin from now on: compare codes at least;
  /// whether QR codes can be shown or scanned, only its program knows.
  public void offer(Set<Method> methods) {
    own = own.with(methods);
  }

  /// Asks a user for verification, in a room that both share. One that was begun here with the same
  /// user and has not ended is cancelled.
  public RequestSent request(RoomId room, UserId user) {
    expire();
    exchanges.cancelBegun(user);
    ObjectNode content = request();
    content.put("msgtype", MessageType.REQUEST.value());
    content.put(
        "body",
        own.user()
            + " asks you to verify your keys with each other. Your client does not offer that for"
            + " this kind of request; compare the keys by other means.");
    content.put("to", user.value());
    String message = outbox.toRoom(room, MessageType.ROOM_MESSAGE, content);
    return begin(
        new Flow.Unsent(room, message),
        new Peer(user, Optional.empty(), Optional.of(room)),
        Set.of());
  }

  /// Asks devices of a user, most often of one's own, for verification. The first that answers is
  /// verified, and the others are told. One that was begun here with the same user and has not
  /// ended is cancelled.
  ///
  /// @param devices at least one; not this one
  public RequestSent request(UserId user, Set<DeviceId> devices) {
    if (devices.isEmpty() || user.equals(own.user()) && devices.contains(own.device())) {
      throw new IllegalArgumentException("other devices are needed to verify");
    }
    expire();
    exchanges.cancelBegun(user);
    Flow flow = new Flow.ByDevice(user, ids.next());
    ObjectNode content = request();
    content.put("timestamp", own.clock().instant().toEpochMilli());
    flow.tag(content);
    outbox.toDevices(user, devices, MessageType.REQUEST, content);
    return begin(flow, new Peer(user, Optional.empty(), Optional.empty()), Set.copyOf(devices));
  }

  private ObjectNode request() {
    ObjectNode content = Json.object().put("from_device", own.device().value());
    Methods.names(own.methods()).forEach(content.putArray("methods")::add);
    return content;
  }

  private RequestSent begin(Flow flow, Peer peer, Set<DeviceId> devices) {
    RequestSent first = new RequestSent(exchanges.nextId(), peer);
    Route route = new Route(outbox, flow, peer.user(), devices);
    Instant now = own.clock().instant();
    exchanges.add(new Exchange(own, route, exchanges::changed, first, now, List.of()));
    return first;
  }

  /// Agrees to verify.
  ///
  /// @return the phase it is in now. If it had gone on already, nothing is done; so it is with all
  ///   that follow.
  public Verification accept(RequestReceived request) {
    return act(request, Exchange::accept);
  }

  /// Begins to exchange keys, so that codes can be compared. Each side may; one must.
  public Verification start(Ready ready) {
    return act(ready, Exchange::start);
  }

  /// What a QR code for the other side to scan has to hold; the same each time. Empty if the other
  /// side cannot scan, or a key that belongs into it is not known or not trusted.
  public Optional<byte[]> qrCode(Ready ready) {
    expire();
    return exchanges
        .find(ready.id())
        .filter(each -> each.phase().equals(ready))
        .flatMap(Exchange::show);
  }

  /// The user has scanned this. If it holds no code of this verification, nothing is done.
  public Verification scan(Ready ready, byte[] code) {
    return act(ready, each -> each.scan(code));
  }

  /// The user says that both devices show the same.
  public Verification confirm(KeysExchanged codes) {
    return act(codes, Exchange::confirm);
  }

  /// The user says that the other device shows that its scan went well.
  public Verification confirm(Scanned scanned) {
    return act(scanned, Exchange::confirm);
  }

  /// The user says that the devices show different codes: somebody is in between, most likely.
  public Verification mismatch(KeysExchanged codes) {
    return act(codes, each -> each.cancel(CancelCode.MISMATCHED_SAS));
  }

  /// Ends a verification, or declines a request, whatever phase it is in by now.
  public Verification cancel(Open verification) {
    expire();
    exchanges.find(verification.id()).ifPresent(each -> each.cancel(CancelCode.USER));
    return now(verification);
  }

  private Verification act(Open phase, Consumer<Exchange> action) {
    expire();
    exchanges.find(phase.id()).filter(each -> each.phase().equals(phase)).ifPresent(action);
    return now(phase);
  }

  /// The phase a verification is in by now. One that ended long ago may be forgotten, which looks
  /// like one that was cancelled.
  public Verification now(Verification verification) {
    return exchanges
        .find(verification.id())
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
    return exchanges.open();
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
    return exchanges.takeChanged();
  }

  /// The users whose keys have to be asked for unless they are known: those who were asked to
  /// verify, and those of devices that take part and are not known. Each is named once for that.
  public Set<UserId> wanted() {
    return exchanges.wantedUsers();
  }

  /// The server has taken a message for a room.
  ///
  /// @param message the id of the message
  public void sent(String message, EventId event) {
    exchanges.sent(message, event);
  }

  /// Whether a message for a room that was not sent yet is still to be. Where its verification has
  /// ended, only what says so is, and only as long as the end is remembered.
  ///
  /// @param message the id of the message
  /// @param type of its event
  public boolean isWanted(String message, String type) {
    boolean isLast =
        MessageType.of(type)
            .filter(known -> known == MessageType.CANCEL || known == MessageType.DONE)
            .isPresent();
    return exchanges.hasSent(message, isLast);
  }

  /// A message cannot be sent: its verification ends.
  ///
  /// @param message the id of the message
  public void failed(String message) {
    exchanges.failed(message);
  }

  /// Ends what has taken too long. Everything here that hears or says something does so first.
  public void expire() {
    exchanges.expire(own.clock().instant());
  }

  // What comes in.

  /// Hears a message to this device.
  ///
  /// @param senderDevice the device that encrypted it; null if it came in the clear
  public void receive(
      UserId sender, @Nullable DeviceId senderDevice, String type, ObjectNode content) {
    expire();
    MessageType.of(type)
        .ifPresent(known -> arrivals.take(own, new Message(sender, senderDevice, known, content)));
  }

  /// Hears an event of a room, also this user's own. Messages of verifications that are not known
  /// are others' business.
  public void receive(TimelineEvent event) {
    expire();
    arrivals.take(own, event);
  }

  /// Forgets all of them, without a word to the other sides.
  @Override
  public void close() {
    exchanges.close();
  }
}
