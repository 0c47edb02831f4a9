package dev.sotto.client.encryption.verification;

import dev.sotto.client.verification.CancelCode;
import dev.sotto.client.verification.Method;
import dev.sotto.client.verification.Peer;
import dev.sotto.client.verification.Verification;
import dev.sotto.client.verification.Verification.By;
import dev.sotto.client.verification.Verification.Cancelled;
import dev.sotto.client.verification.Verification.Confirmed;
import dev.sotto.client.verification.Verification.Done;
import dev.sotto.client.verification.Verification.KeysExchanged;
import dev.sotto.client.verification.Verification.Open;
import dev.sotto.client.verification.Verification.Ready;
import dev.sotto.client.verification.Verification.RequestReceived;
import dev.sotto.client.verification.Verification.RequestSent;
import dev.sotto.client.verification.Verification.Scanned;
import dev.sotto.client.verification.Verification.Started;
import dev.sotto.client.verification.Verification.Unsupported;
import dev.sotto.client.verification.Verified;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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

  private final Own own;
  private final Route route;
  private final Consumer<Verification> changed;
  private final Instant begun;
  private final Instant added;
  private final boolean beganHere;
  private final List<String> requestedMethods;
  private final Repeats repeats = new Repeats();
  private final Proof proof;
  private Verification phase;
  private @Nullable ObjectNode startWithoutRequest;
  private boolean withoutRequest;
  private boolean readyEchoed;
  private boolean doneSent;
  private boolean doneHeard;
  private boolean keysWanted;
  private boolean deviceWanted;
  private @Nullable Instant ended;

  /// @param begun when the request was made, by whoever made it
  /// @param requestedMethods what the other side asks for, if it does
  Exchange(
      Own own,
      Route route,
      Consumer<Verification> changed,
      Open first,
      Instant begun,
      List<String> requestedMethods) {
    this.own = own;
    this.route = route;
    this.proof = new Proof(own, route);
    this.changed = changed;
    this.begun = begun;
    this.added = own.clock().instant();
    this.beganHere = first instanceof RequestSent;
    this.requestedMethods = requestedMethods;
    this.phase = first;
    changed.accept(first);
  }

  /// One that the other side begins with a start, without a request, as old clients do.
  Exchange(Own own, Route route, Consumer<Verification> changed, Open first, ObjectNode start) {
    this(own, route, changed, first, own.clock().instant(), List.of());
    startWithoutRequest = start.deepCopy();
    withoutRequest = true;
  }

  Verification phase() {
    return phase;
  }

  Route route() {
    return route;
  }

  Peer peer() {
    return phase.peer();
  }

  boolean isOpen() {
    return phase instanceof Open;
  }

  boolean beganHere() {
    return beganHere;
  }

  /// Whether the request came from this device.
  boolean isRequestOf(UserId user, DeviceId device) {
    return !beganHere && peer().user().equals(user) && peer().device().equals(Optional.of(device));
  }

  /// Whether the other side's keys have to be asked for. Said once when a request is sent, since
  /// they are needed soon after its answer, and once when a device takes part that is not known.
  boolean wantsKeys() {
    Optional<DeviceId> device = peer().device();
    if (!isOpen() || keysWanted && device.isEmpty() || deviceWanted) {
      return false;
    }
    keysWanted = true;
    deviceWanted = device.isPresent();
    return device.flatMap(known -> own.keys().fingerprint(peer().user(), known)).isEmpty();
  }

  /// Whether it ended before then.
  boolean endedBefore(Instant time) {
    return ended != null && ended.isBefore(time);
  }

  private void enter(Verification next) {
    phase = next;
    changed.accept(next);
    if (!(next instanceof Open)) {
      ended = own.clock().instant();
      close();
    }
  }

  private void end(CancelCode code, String reason, By by) {
    enter(new Cancelled(phase.id(), peer(), code, reason, by));
  }

  // What the user does.

  void accept() {
    ObjectNode start = startWithoutRequest;
    if (start != null) {
      guarded(() -> answer(start));
      return;
    }
    Set<Method> common = Methods.common(own.methods(), requestedMethods);
    ObjectNode content = Json.object().put("from_device", own.device().value());
    Methods.names(common).forEach(content.putArray("methods")::add);
    route.send(MessageType.READY, content);
    enter(new Ready(phase.id(), peer(), common));
  }

  void start() {
    guarded(
        () -> {
          if (!can(Method.SAS)) {
            throw new Breach(CancelCode.UNKNOWN_METHOD);
          }
          proof.offer(peer());
          enter(new Started(phase.id(), peer()));
        });
  }

  private boolean can(Method method) {
    return phase instanceof Ready ready && ready.methods().contains(method);
  }

  /// The code to show, if the other side can scan it.
  Optional<byte[]> show() {
    if (!can(Method.SHOW_QR_CODE)) {
      return Optional.empty();
    }
    try {
      return proof.show(peer());
    } catch (Breach _) {
      // Their device is not known: not now, that is. Starting would end it.
      return Optional.empty();
    }
  }

  /// The user has scanned a code. One of another verification, or of none, is passed over.
  void scan(byte[] bytes) {
    Optional<QrCode> code = QrCode.read(bytes);
    if (can(Method.SCAN_QR_CODE)
        && code.isPresent()
        && code.get().transaction().equals(route.flow().transaction())) {
      guarded(
          () -> {
            proof.scan(peer(), code.get());
            enter(new Confirmed(phase.id(), peer()));
          });
    }
  }

  void confirm() {
    guarded(
        () -> {
          proof.confirm();
          enter(new Confirmed(phase.id(), peer()));
          settle();
        });
  }

  void cancel(CancelCode code) {
    if (isOpen()) {
      route.cancel(code);
      end(code, code.sentence(), By.US);
    }
  }

  // What the server and the clock do.

  /// A message could not be sent, so that the other side waits in vain.
  void failed() {
    if (isOpen()) {
      end(CancelCode.OTHER, "A message could not be sent.", By.US);
    }
  }

  void expire() {
    if (!isOpen()) {
      return;
    }
    Instant now = own.clock().instant();
    if (isPrompting()) {
      if (now.isAfter(begun.plus(MAX_TIME)) || now.isAfter(added.plus(PROMPT_TIME))) {
        // Without a message: another device of the user may have accepted it.
        end(CancelCode.TIMEOUT, CancelCode.TIMEOUT.sentence(), By.US);
      }
    } else if (now.isAfter(added.plus(MAX_TIME))) {
      // By this clock alone: the other side's may be minutes away.
      cancel(CancelCode.TIMEOUT);
    }
  }

  private boolean isPrompting() {
    return phase instanceof RequestReceived || phase instanceof Unsupported;
  }

  // What this user's devices do in a room, seen from one of them.

  /// Hears what this user has sent, from this device or another.
  void hearOwn(Message message) {
    if (!isOpen() || beganHere) {
      return;
    }
    Optional<DeviceId> device = Content.optionalDevice(message.content(), "from_device");
    switch (message.type()) {
      case READY, START -> {
        if (!isPrompting() && device.equals(Optional.of(own.device()))) {
          readyEchoed = true;
        } else if (isPrompting() || isUnanswered() && !readyEchoed) {
          // Theirs stands before ours in the room, if ours gets there at all.
          end(CancelCode.ACCEPTED, CancelCode.ACCEPTED.sentence(), By.OTHER_DEVICE);
        }
      }
      case CANCEL -> {
        if (isPrompting()) {
          end(CancelCode.USER, CancelCode.USER.sentence(), By.OTHER_DEVICE);
        }
      }
      case REQUEST, ACCEPT, KEY, MAC, DONE -> {}
    }
  }

  /// Whether the other side has not shown yet that it goes on with this device.
  private boolean isUnanswered() {
    return phase instanceof Ready || proof.isOffered();
  }

  // What the other side does.

  void hear(Message message) {
    if (!isOpen() || !message.mayBeFrom(peer().device().orElse(null))) {
      return;
    }
    if (!Content.isSane(message.content())) {
      cancel(CancelCode.INVALID_MESSAGE);
    } else if (repeats.isNew(message)) {
      guarded(() -> take(message));
    }
  }

  private void take(Message message) throws Breach {
    ObjectNode content = message.content();
    switch (message.type()) {
      case REQUEST -> {}
      case READY -> ready(message);
      case START -> started(content);
      case ACCEPT -> proof.codes().accepted(content);
      case KEY -> {
        SasExchange exchange = proof.codes();
        exchange.key(content);
        enter(new KeysExchanged(phase.id(), peer(), exchange.emoji(), exchange.decimals()));
      }
      case MAC -> {
        proof.codes().mac(content);
        settle();
      }
      case DONE -> {
        if (!(phase instanceof Confirmed || phase instanceof Scanned)) {
          throw new Breach(CancelCode.UNEXPECTED_MESSAGE);
        }
        doneHeard = true;
        settle();
      }
      case CANCEL -> {
        CancelCode code = Content.cancelCode(content);
        // Theirs counts only where the code says nothing.
        String reason =
            Content.optionalText(content, "reason")
                .filter(_ -> code == CancelCode.OTHER)
                .map(Content::printable)
                .filter(text -> !text.isBlank())
                .orElse(code.sentence());
        if (phase instanceof RequestSent) {
          route.tellAll(CancelCode.USER);
        }
        end(code, reason, By.THEM);
      }
    }
  }

  private void ready(Message message) throws Breach {
    DeviceId device = Content.device(message.content(), "from_device");
    if (!message.mayBeFrom(device)) {
      return;
    }
    if (!(phase instanceof RequestSent)) {
      if (!peer().device().equals(Optional.of(device))) {
        route.tell(Set.of(device), CancelCode.ACCEPTED);
      }
    } else if (route.reaches(device)) {
      Set<Method> common =
          Methods.common(own.methods(), Content.texts(message.content(), "methods"));
      route.settleOn(device);
      enter(
          new Ready(
              phase.id(), new Peer(peer().user(), Optional.of(device), peer().room()), common));
      if (common.isEmpty()) {
        throw new Breach(CancelCode.UNKNOWN_METHOD);
      }
    }
  }

  private void started(ObjectNode content) throws Breach {
    if (!peer().device().equals(Optional.of(Content.device(content, "from_device")))) {
      return;
    }
    String method = Content.text(content, "method");
    boolean bySas = method.equals(Methods.SAS);
    boolean byScan = method.equals(Methods.RECIPROCATE);
    if (phase instanceof Ready) {
      if (bySas && can(Method.SAS)) {
        answer(content);
      } else if (byScan && can(Method.SHOW_QR_CODE)) {
        scanned(content);
      } else {
        throw new Breach(CancelCode.UNKNOWN_METHOD);
      }
    } else if (bySas && proof.isOffered()) {
      if (!proof.ourStartCounts()) {
        answer(content);
      }
    } else if (byScan && !doneHeard && proof.isScannedHere()) {
      if (!proof.ourStartCounts()) {
        scanned(content);
      }
    } else {
      throw new Breach(CancelCode.UNEXPECTED_MESSAGE);
    }
  }

  private void scanned(ObjectNode start) throws Breach {
    proof.scanned(peer(), start);
    enter(new Scanned(phase.id(), peer()));
  }

  private void answer(ObjectNode start) throws Breach {
    proof.answer(peer(), start);
    if (!(phase instanceof Started)) {
      enter(new Started(phase.id(), peer()));
    }
  }

  /// Ends it well once each side knows the other's keys to be true, and both say so.
  private void settle() throws Breach {
    Optional<Verified> verified = proof.verified();
    if (!(phase instanceof Confirmed) || verified.isEmpty()) {
      return;
    }
    proof.requireUnchanged();
    // Who shows a code says first that it was scanned.
    boolean ourTurn = !proof.isScannedHere() || doneHeard;
    if (ourTurn && !doneSent) {
      route.send(MessageType.DONE, Json.object());
      doneSent = true;
    }
    // Those who begin without a request may not know of the last message.
    if (doneHeard || withoutRequest) {
      enter(new Done(phase.id(), peer(), verified.get()));
    }
  }

  private interface Step {
    void take() throws Breach;
  }

  private void guarded(Step step) {
    try {
      step.take();
    } catch (Breach e) {
      cancel(e.code());
    }
  }

  @Override
  public void close() {
    proof.close();
    repeats.forget();
    startWithoutRequest = null;
  }
}
