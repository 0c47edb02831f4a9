package dev.sotto.client.encryption.verification;

import dev.sotto.client.encryption.verification.Verification.By;
import dev.sotto.client.encryption.verification.Verification.Cancelled;
import dev.sotto.client.encryption.verification.Verification.Confirmed;
import dev.sotto.client.encryption.verification.Verification.Done;
import dev.sotto.client.encryption.verification.Verification.KeysExchanged;
import dev.sotto.client.encryption.verification.Verification.Open;
import dev.sotto.client.encryption.verification.Verification.Ready;
import dev.sotto.client.encryption.verification.Verification.RequestReceived;
import dev.sotto.client.encryption.verification.Verification.RequestSent;
import dev.sotto.client.encryption.verification.Verification.Started;
import dev.sotto.client.encryption.verification.Verification.Unsupported;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// One verification from its request to its end. Not for several threads.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#key-verification-framework
final class Exchange implements AutoCloseable {
  /// How long it may take in all.
  static final Duration MAX_TIME = Duration.ofMinutes(10);

  private static final Duration PROMPT_TIME = Duration.ofMinutes(2);
  private static final int MAX_REPEATS_KNOWN = 16;

  private final Own own;
  private final Outbox outbox;
  private final Consumer<Verification> changed;
  private final Instant begun;
  private final Instant heard;
  private final boolean beganHere;

  /// To whom the request went, until one has answered.
  private final Set<DeviceId> asked;

  private final Set<ObjectNode> heardBefore = new HashSet<>();
  private final Set<String> sentToRoom = new HashSet<>();
  private Flow flow;
  private Verification phase;
  private @Nullable ObjectNode startWithoutRequest;
  private boolean withoutRequest;
  private @Nullable SasExchange sas;
  private boolean readyEchoed;
  private boolean doneSent;
  private boolean doneHeard;
  private @Nullable CancelCode cancelOnceSent;
  private @Nullable Instant ended;
  private boolean keysWanted;

  /// @param begun when the request was made, by whoever made it
  /// @param heard the time now
  private Exchange(
      Own own,
      Outbox outbox,
      Consumer<Verification> changed,
      Flow flow,
      Set<DeviceId> asked,
      Instant begun,
      Instant heard,
      Verification first) {
    this.own = own;
    this.outbox = outbox;
    this.changed = changed;
    this.flow = flow;
    this.asked = asked;
    this.begun = begun;
    this.heard = heard;
    this.beganHere = first instanceof RequestSent;
    this.phase = first;
    changed.accept(first);
  }

  /// One that this side begins; whoever calls sends the request.
  static Exchange begin(
      Own own,
      Outbox outbox,
      Consumer<Verification> changed,
      Flow flow,
      RequestSent first,
      Set<DeviceId> asked,
      Instant now) {
    return new Exchange(own, outbox, changed, flow, asked, now, now, first);
  }

  /// One that the other side has begun.
  ///
  /// @param first `RequestReceived` or `Unsupported`
  static Exchange received(
      Own own,
      Outbox outbox,
      Consumer<Verification> changed,
      Flow flow,
      Verification first,
      Instant begun,
      Instant now) {
    return new Exchange(own, outbox, changed, flow, Set.of(), begun, now, first);
  }

  /// One that the other side begins with a start, without a request, as old clients do.
  static Exchange startedWithoutRequest(
      Own own,
      Outbox outbox,
      Consumer<Verification> changed,
      Flow flow,
      RequestReceived first,
      ObjectNode start,
      Instant now) {
    Exchange exchange = new Exchange(own, outbox, changed, flow, Set.of(), now, now, first);
    exchange.startWithoutRequest = start.deepCopy();
    exchange.withoutRequest = true;
    return exchange;
  }

  Verification phase() {
    return phase;
  }

  Flow flow() {
    return flow;
  }

  Peer peer() {
    return phase.peer();
  }

  boolean isOpen() {
    return phase instanceof Open;
  }

  /// Whether the request came from this device.
  boolean isRequestOf(UserId user, DeviceId device) {
    return !beganHere && peer().user().equals(user) && device.equals(peer().device());
  }

  boolean beganHere() {
    return beganHere;
  }

  /// Whether it ended before then.
  boolean endedBefore(Instant time) {
    return ended != null && ended.isBefore(time);
  }

  private void enter(Verification next, Instant now) {
    phase = next;
    changed.accept(next);
    if (!(next instanceof Open)) {
      ended = now;
      close();
    }
  }

  // What the user does.

  void accept(Instant now) {
    long id = phase.id();
    ObjectNode start = startWithoutRequest;
    if (start != null) {
      guarded(now, () -> answer(start, now));
      return;
    }
    ObjectNode content = Json.object().put("from_device", own.device().value());
    content.putArray("methods").add(SasExchange.METHOD);
    send(MessageType.READY, content);
    enter(new Ready(id, peer()), now);
  }

  void start(Instant now) {
    guarded(
        now,
        () -> {
          sas = SasExchange.offer(parties(), this::send);
          enter(new Started(phase.id(), peer()), now);
        });
  }

  void confirm(Instant now) {
    guarded(
        now,
        () -> {
          SasExchange exchange = requireSas();
          exchange.parties().requireUnchanged();
          exchange.confirm();
          enter(new Confirmed(phase.id(), peer()), now);
          settle(now);
        });
  }

  void cancel(CancelCode code, Instant now) {
    if (!isOpen()) {
      return;
    }
    if (flow instanceof Flow.Unsent) {
      cancelOnceSent = code;
    } else {
      send(MessageType.CANCEL, cancellation(code));
    }
    enter(new Cancelled(phase.id(), peer(), code, code.sentence(), By.US), now);
  }

  // What the server and the clock do.

  /// The request is in its room.
  void located(Flow.InRoom place) {
    flow = place;
    if (cancelOnceSent != null) {
      send(MessageType.CANCEL, cancellation(cancelOnceSent));
      cancelOnceSent = null;
    }
  }

  /// Whether it has sent a message to its room by this id.
  boolean hasSent(String message) {
    return sentToRoom.contains(message)
        || flow instanceof Flow.Unsent unsent && unsent.message().equals(message);
  }

  /// Whether the other side's keys are needed and not known; said once.
  boolean wantsKeys() {
    DeviceId device = peer().device();
    if (keysWanted || !isOpen() || device == null) {
      return false;
    }
    keysWanted = true;
    return own.keys().fingerprint(peer().user(), device).isEmpty();
  }

  /// A message could not be sent, so that the other side waits in vain.
  void failed(Instant now) {
    if (isOpen()) {
      String reason = "A message could not be sent.";
      enter(new Cancelled(phase.id(), peer(), CancelCode.OTHER, reason, By.US), now);
    }
  }

  void expire(Instant now) {
    if (!isOpen()) {
      return;
    }
    boolean prompting = phase instanceof RequestReceived || phase instanceof Unsupported;
    if (prompting && (now.isAfter(begun.plus(MAX_TIME)) || now.isAfter(heard.plus(PROMPT_TIME)))) {
      // Without a message: another device of the user may have accepted it.
      CancelCode code = CancelCode.TIMEOUT;
      enter(new Cancelled(phase.id(), peer(), code, code.sentence(), By.US), now);
    } else if (now.isAfter(begun.plus(MAX_TIME))) {
      cancel(CancelCode.TIMEOUT, now);
    }
  }

  // What other devices of this user do, in a room.

  /// Hears what this user has sent, from this device or another.
  void hearOwn(Message message, Instant now) {
    if (!isOpen() || beganHere) {
      return;
    }
    Optional<DeviceId> device = Content.optionalDevice(message.content(), "from_device");
    boolean byThisDevice = device.equals(Optional.of(own.device()));
    boolean prompting = phase instanceof RequestReceived || phase instanceof Unsupported;
    switch (message.type()) {
      case READY, START -> {
        if (byThisDevice && !prompting) {
          readyEchoed = true;
        } else if (prompting || isUnanswered() && !readyEchoed) {
          // Theirs stands before ours in the room, if ours gets there at all.
          elsewhere(CancelCode.ACCEPTED, now);
        }
      }
      case CANCEL -> {
        if (prompting) {
          elsewhere(CancelCode.USER, now);
        }
      }
      case REQUEST, ACCEPT, KEY, MAC, DONE -> {}
    }
  }

  /// Whether the other side has not shown yet that it goes on with this device.
  private boolean isUnanswered() {
    return phase instanceof Ready || sas != null && sas.isOffered();
  }

  private void elsewhere(CancelCode code, Instant now) {
    enter(new Cancelled(phase.id(), peer(), code, code.sentence(), By.OTHER_DEVICE), now);
  }

  // What the other side does.

  void hear(Message message, Instant now) {
    if (!isOpen() || !message.mayBeFrom(peer().device())) {
      return;
    }
    if (!Content.isSane(message.content())) {
      cancel(CancelCode.INVALID_MESSAGE, now);
    } else if (!isRepeated(message)) {
      guarded(now, () -> take(message, now));
    }
  }

  /// A sync may be repeated; the same message twice is no offence.
  private boolean isRepeated(Message message) {
    ObjectNode known = Json.object().put("type", message.type().value());
    known.set("content", message.content().deepCopy());
    return heardBefore.size() < MAX_REPEATS_KNOWN && !heardBefore.add(known);
  }

  private void take(Message message, Instant now) throws Breach {
    ObjectNode content = message.content();
    switch (message.type()) {
      case REQUEST -> {}
      case READY -> ready(message, now);
      case START -> started(content, now);
      case ACCEPT -> requireSas().accepted(content);
      case KEY -> {
        SasExchange exchange = requireSas();
        exchange.key(content);
        enter(new KeysExchanged(phase.id(), peer(), exchange.emoji(), exchange.decimals()), now);
      }
      case MAC -> {
        requireSas().mac(content);
        settle(now);
      }
      case DONE -> {
        if (!(phase instanceof Confirmed)) {
          throw new Breach(CancelCode.UNEXPECTED_MESSAGE);
        }
        doneHeard = true;
        settle(now);
      }
      case CANCEL -> {
        CancelCode code = CancelCode.of(Content.optionalText(content, "code").orElse(""));
        String reason = Content.optionalText(content, "reason").orElse(code.sentence());
        Set<DeviceId> others = peer().device() == null ? asked : Set.of();
        enter(new Cancelled(phase.id(), peer(), code, reason, By.THEM), now);
        tell(others, CancelCode.USER);
      }
    }
  }

  private void ready(Message message, Instant now) throws Breach {
    ObjectNode content = message.content();
    DeviceId device = Content.device(content, "from_device");
    if (!(phase instanceof RequestSent)) {
      if (flow instanceof Flow.ByDevice && !device.equals(peer().device())) {
        tell(Set.of(device), CancelCode.ACCEPTED);
      }
      return;
    }
    if (flow instanceof Flow.ByDevice && !asked.contains(device) || !message.mayBeFrom(device)) {
      return;
    }
    List<String> methods = Content.texts(content, "methods");
    Peer peer = peer().with(device);
    Set<DeviceId> others = new HashSet<>(asked);
    others.remove(device);
    enter(new Ready(phase.id(), peer), now);
    tell(others, CancelCode.ACCEPTED);
    if (!methods.contains(SasExchange.METHOD)) {
      throw new Breach(CancelCode.UNKNOWN_METHOD);
    }
  }

  private void started(ObjectNode content, Instant now) throws Breach {
    if (!Content.device(content, "from_device").equals(peer().device())) {
      return;
    }
    String method = Content.text(content, "method");
    if (phase instanceof Ready) {
      if (!method.equals(SasExchange.METHOD)) {
        throw new Breach(CancelCode.UNKNOWN_METHOD);
      }
      answer(content, now);
    } else if (sas != null && sas.isOffered() && method.equals(SasExchange.METHOD)) {
      if (!sas.parties().ourStartCounts()) {
        sas.close();
        answer(content, now);
      }
    } else {
      throw new Breach(CancelCode.UNEXPECTED_MESSAGE);
    }
  }

  private void answer(ObjectNode start, Instant now) throws Breach {
    sas = SasExchange.answer(parties(), this::send, start);
    if (!(phase instanceof Started)) {
      enter(new Started(phase.id(), peer()), now);
    }
  }

  /// Ends it well once both sides have vouched for their keys, and both say so.
  private void settle(Instant now) throws Breach {
    SasExchange exchange = requireSas();
    Optional<Verified> verified = exchange.theirs();
    if (!(phase instanceof Confirmed) || verified.isEmpty()) {
      return;
    }
    exchange.parties().requireUnchanged();
    if (!doneSent) {
      send(MessageType.DONE, Json.object());
      doneSent = true;
    }
    // Those who begin without a request may not know of the last message.
    if (doneHeard || withoutRequest) {
      enter(new Done(phase.id(), peer(), verified.get()), now);
    }
  }

  private SasExchange requireSas() throws Breach {
    if (sas == null) {
      throw new Breach(CancelCode.UNEXPECTED_MESSAGE);
    }
    return sas;
  }

  private Parties parties() throws Breach {
    DeviceId device = Objects.requireNonNull(peer().device());
    TheirKeys keys = TheirKeys.of(own.keys(), peer().user(), device);
    return new Parties(own, keys, flow.transaction());
  }

  // Messages.

  private interface Step {
    void take() throws Breach;
  }

  private void guarded(Instant now, Step step) {
    try {
      step.take();
    } catch (Breach e) {
      cancel(e.code(), now);
    }
  }

  private void send(MessageType type, ObjectNode content) {
    flow.tag(content);
    switch (flow) {
      case Flow.InRoom room -> sentToRoom.add(outbox.toRoom(room.room(), type.value(), content));
      case Flow.ByDevice _ -> {
        DeviceId device = peer().device();
        outbox.toDevices(peer().user(), device == null ? asked : Set.of(device), type, content);
      }
      case Flow.Unsent _ -> throw new IllegalStateException("the request is not sent yet");
    }
  }

  /// Tells devices that they are not, or no longer, part of it.
  private void tell(Set<DeviceId> devices, CancelCode code) {
    if (flow instanceof Flow.ByDevice) {
      ObjectNode content = cancellation(code);
      flow.tag(content);
      outbox.toDevices(peer().user(), devices, MessageType.CANCEL, content);
    }
  }

  static ObjectNode cancellation(CancelCode code) {
    return Json.object().put("code", code.value()).put("reason", code.sentence());
  }

  @Override
  public void close() {
    if (sas != null) {
      sas.close();
    }
    heardBefore.clear();
    startWithoutRequest = null;
  }
}
