package dev.sotto.client.interop;

import dev.sotto.client.encryption.request.OutgoingRequest;
import dev.sotto.client.interop.FakeHomeserver.Endpoint;
import dev.sotto.client.interop.Reading.Trust;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A device at a [FakeHomeserver], whatever machine it has. What differs between machines is in the
/// abstract methods.
abstract class Peer implements AutoCloseable {
  private static final int MOST_ROUNDS = 50;

  /// Who may be sent a room's key.
  enum Recipients {
    ALL_DEVICES,
    SIGNED_DEVICES
  }

  /// How far a verification is.
  enum Phase {
    REQUESTED,
    READY,
    STARTED,
    DONE,
    CANCELLED
  }

  final FakeHomeserver server;
  final Endpoint endpoint;
  private final Map<String, Reading> readings = new HashMap<>();
  private final List<OutgoingRequest> sent = new ArrayList<>();
  private final Set<String> underWay = new HashSet<>();

  Peer(FakeHomeserver server, Endpoint endpoint) {
    this.server = server;
    this.endpoint = endpoint;
    server.register(endpoint);
  }

  final UserId user() {
    return endpoint.user();
  }

  final DeviceId device() {
    return endpoint.device();
  }

  /// Carries syncs and requests between the server and these devices until nobody has anything to
  /// say.
  static void settle(Peer... peers) {
    for (int round = 0; round < MOST_ROUNDS; round++) {
      boolean quiet = true;
      for (Peer peer : peers) {
        quiet &= !peer.sync();
      }
      if (quiet) {
        return;
      }
    }
    throw new IllegalStateException("they do not come to an end");
  }

  /// Takes a sync, and sends all that follows from it; false if there was nothing.
  private boolean sync() {
    boolean news = server.hasNews(endpoint);
    ObjectNode sync = server.sync(endpoint);
    receive(sync);
    sync.path("rooms")
        .path("join")
        .forEachEntry(
            (room, joined) -> {
              for (JsonNode event : joined.path("timeline").path("events")) {
                hear(new RoomId(room), (ObjectNode) event);
              }
            });
    return send() || news;
  }

  /// Sends what the machine wants sent; false if that was nothing.
  final boolean send() {
    boolean any = false;
    for (int round = 0; round < MOST_ROUNDS; round++) {
      // To encrypt a message for a room, others may have to be sent first, but not it again.
      List<OutgoingRequest> requests =
          outgoing().stream().filter(request -> !underWay.contains(request.id())).toList();
      if (requests.isEmpty()) {
        return any;
      }
      any = true;
      requests.forEach(this::send);
    }
    throw new IllegalStateException(user() + " has no end of requests: " + outgoing());
  }

  /// Sends a request and tells the machine of the answer.
  final void send(OutgoingRequest request) {
    sent.add(request);
    Optional<String> refusal = server.refusal(endpoint, request);
    if (refusal.isPresent()) {
      refused(request, refusal.get());
      return;
    }
    underWay.add(request.id());
    ObjectNode answer =
        request instanceof OutgoingRequest.RoomMessage message
            ? Json.object()
                .put("event_id", say(message.room(), message.eventType(), message.body()))
            : server.answer(endpoint, request);
    underWay.remove(request.id());
    sent(request, answer);
  }

  /// What was sent so far, oldest first.
  final List<OutgoingRequest> sent() {
    return List.copyOf(sent);
  }

  private void hear(RoomId room, ObjectNode event) {
    ObjectNode clear = event;
    if (event.path("type").stringValue("").equals("m.room.encrypted")) {
      Reading reading = decrypt(room, event);
      readings.put(event.path("event_id").stringValue(), reading);
      if (!(reading instanceof Reading.Clear read)) {
        return;
      }
      clear = event.deepCopy().put("type", read.type());
      clear.set("content", read.content());
    }
    String type = clear.path("type").stringValue("");
    if (type.startsWith("m.key.verification.")
        || clear
            .path("content")
            .path("msgtype")
            .stringValue("")
            .equals("m.key.verification.request")) {
      hearVerification(room, clear);
    }
  }

  /// How an event of a room was read when it came.
  final Reading reading(String eventId) {
    Reading reading = readings.get(eventId);
    if (reading == null) {
      throw new IllegalStateException(user() + " was not sent " + eventId);
    }
    return reading;
  }

  /// Whether a message with this text came and could be read.
  final boolean hasRead(String text) {
    return readings.values().stream()
        .anyMatch(
            reading ->
                reading instanceof Reading.Clear clear
                    && clear.content().path("body").stringValue("").equals(text));
  }

  /// Sends a text to a room, encrypted if the room is; returns the event's id.
  final String say(RoomId room, String text) {
    return say(room, "m.room.message", Json.object().put("msgtype", "m.text").put("body", text));
  }

  /// Sends an event to a room, encrypted if the room is; returns its id.
  final String say(RoomId room, String type, ObjectNode content) {
    ObjectNode event =
        server.rooms.isEncrypted(room)
            ? server.send(user(), room, "m.room.encrypted", encrypt(room, type, content))
            : server.send(user(), room, type, content);
    return event.path("event_id").stringValue();
  }

  /// Ends the program and starts it again, where the machine keeps its state.
  abstract void restart();

  abstract List<OutgoingRequest> outgoing();

  abstract void sent(OutgoingRequest request, ObjectNode answer);

  /// Tells the machine that the server has refused a request.
  abstract void refused(OutgoingRequest request, String errcode);

  abstract void receive(ObjectNode sync);

  /// Makes sure that a room's members can read what follows, and encrypts for them.
  abstract ObjectNode encrypt(RoomId room, String type, ObjectNode content);

  abstract void sendTo(Recipients recipients);

  abstract Reading decrypt(RoomId room, ObjectNode event);

  /// Lets the next message begin a new session.
  abstract void rotate(RoomId room);

  /// Learns of these users' devices and identities.
  abstract void track(Set<UserId> users);

  /// Makes the user's cross-signing keys, which the server then has.
  abstract void bootstrapCrossSigning();

  /// Whether it holds all private cross-signing keys.
  abstract boolean hasPrivateIdentity();

  abstract Trust trust(Peer other);

  /// Asks for a verification by to-device messages; returns its name.
  abstract String requestVerification(Peer other);

  /// Asks for a verification in a room; returns its name.
  abstract String requestVerification(UserId other, RoomId room);

  /// Takes an event of a verification in a room, in the clear.
  abstract void hearVerification(RoomId room, ObjectNode event);

  abstract void acceptVerification(UserId other, String flow);

  abstract void startSas(UserId other, String flow);

  abstract void acceptSas(UserId other, String flow);

  /// The seven emoji with their names.
  abstract List<String> emoji(UserId other, String flow);

  abstract List<Integer> decimals(UserId other, String flow);

  /// Says that both show the same.
  abstract void confirmSas(UserId other, String flow);

  /// Says that they do not.
  abstract void denySas(UserId other, String flow);

  /// What the QR code holds that the other is to scan.
  abstract byte[] showCode(UserId other, String flow);

  abstract void scanCode(UserId other, String flow, byte[] code);

  /// Says that the other has scanned the code that is shown here.
  abstract void confirmScan(UserId other, String flow);

  abstract Phase phase(UserId other, String flow);

  /// Makes a backup and keeps it up to date from now on; returns its private key in base64.
  abstract String createBackup();

  /// Whether it believes that the backup at the server is its user's.
  abstract boolean trustsBackup();

  /// Backs all keys up that are not yet.
  abstract void backUp();

  /// Takes all keys of the backup in; returns their number.
  abstract int restoreBackup(String privateKey);

  /// Asks the user's other devices for the secrets that it lacks.
  abstract void requestSecrets();

  /// The private backup key, if it was given it.
  abstract boolean hasBackupKey();

  /// The text of a file with all keys.
  abstract String exportKeys(String passphrase);

  /// Takes in the keys of a file; returns their number.
  abstract int importKeys(String file, String passphrase);

  /// Offers a user who is invited the keys to what that user may read of a room's past.
  abstract void shareHistory(RoomId room, UserId with);

  /// Takes in what it was offered by whoever has invited it.
  abstract void takeHistory(RoomId room, UserId from);

  /// Leaves a dehydrated device at the server, sealed with 32 bytes in base64.
  abstract void dehydrate(String key);

  /// Takes in the room keys that the dehydrated device was sent.
  abstract void rehydrate(String key);

  @Override
  public abstract void close();
}
