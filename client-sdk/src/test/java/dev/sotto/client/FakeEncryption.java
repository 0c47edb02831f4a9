package dev.sotto.client;

import dev.sotto.client.encryption.request.OutgoingRequest;
import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.event.Envelope;
import dev.sotto.client.event.RoomEvent;
import dev.sotto.client.event.Trust;
import dev.sotto.client.event.Undecryptable;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// Encrypts to a ciphertext that is the number of a message which it remembers.
final class FakeEncryption implements Encryption {
  final Set<RoomId> rooms = new HashSet<>();
  final Map<String, ObjectNode> messages = new HashMap<>();
  final List<Collection<UserId>> readers = new ArrayList<>();
  final List<OutgoingRequest> outgoing = new ArrayList<>();
  final List<String> outcomes = new ArrayList<>();
  boolean hasKeys = true;
  int roundsNeeded;
  int missed;
  Runnable received = () -> {};

  /// The id of a request, or "missed".
  String failsAt = "";

  @Override
  public synchronized boolean isEncrypted(RoomId room) {
    return rooms.contains(room);
  }

  @Override
  public synchronized void remember(RoomId room, ObjectNode settings) {
    rooms.add(room);
  }

  @Override
  public void receive(ObjectNode sync) {
    received.run();
  }

  @Override
  public synchronized void missedSome() {
    if (failsAt.equals("missed")) {
      throw new IllegalStateException("a fault of our own");
    }
    missed++;
  }

  @Override
  public synchronized void preferBackup(boolean wanted) {
    outcomes.add("backup " + wanted);
  }

  @Override
  public void track(UserId user) {}

  @Override
  public void receiveDecrypted(Envelope event) {}

  @Override
  public synchronized List<OutgoingRequest> outgoing() {
    List<OutgoingRequest> all = List.copyOf(outgoing);
    outgoing.clear();
    return all;
  }

  @Override
  public synchronized void sent(OutgoingRequest request, ObjectNode answer) {
    if (request.id().equals(failsAt)) {
      throw MatrixException.badJson("a fault of our own");
    }
    outcomes.add("sent " + request.id());
  }

  @Override
  public synchronized void unanswered(OutgoingRequest request) {
    outcomes.add("unanswered " + request.id());
    outgoing.add(request);
  }

  @Override
  public synchronized void unusable(OutgoingRequest request) {
    outcomes.add("unusable " + request.id());
  }

  @Override
  public synchronized void refused(OutgoingRequest request, MatrixRequestException refusal) {
    outcomes.add("refused " + request.id() + " " + refusal.errcode());
  }

  @Override
  public synchronized void unsendable(OutgoingRequest.RoomMessage message) {
    outcomes.add("unsendable " + message.id());
  }

  @Override
  public synchronized Optional<ObjectNode> encrypt(
      RoomId room, Collection<UserId> users, String type, ObjectNode content) {
    if (roundsNeeded > 0) {
      roundsNeeded--;
      return Optional.empty();
    }
    readers.add(users);
    String ciphertext = "c" + messages.size();
    ObjectNode inside = Json.object().put("type", type);
    inside.set("content", content.deepCopy());
    messages.put(ciphertext, inside);
    return Optional.of(Json.object().put("ciphertext", ciphertext));
  }

  @Override
  public synchronized RoomEvent decrypt(Envelope encrypted) {
    ObjectNode inside = messages.get(encrypted.content().path("ciphertext").stringValue(""));
    if (inside == null || !hasKeys) {
      return new Undecryptable(
          Envelopes.unread(encrypted), Undecryptable.Cause.UNKNOWN_SESSION, "No key.");
    }
    return EventReader.read(
        Envelopes.decrypted(
            encrypted,
            inside.path("type").stringValue(""),
            (ObjectNode) inside.path("content"),
            Trust.SIGNED,
            Optional.empty(),
            Optional.empty()));
  }

  /// The content of the message with this ciphertext.
  synchronized ObjectNode inside(String ciphertext) {
    return (ObjectNode) Optional.ofNullable(messages.get(ciphertext)).orElseThrow().path("content");
  }

  @Override
  public void close() {}
}
