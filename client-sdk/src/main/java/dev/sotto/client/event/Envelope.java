package dev.sotto.client.event;

import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// What all events have: who sent what where and when. Clients make them of what a server sends; a
/// program makes one at most to test what it does with an event.
///
/// @param sentAt when the sender's server says that it was sent; nobody has checked that
/// @param type of the event, inside of the encryption if it was encrypted
/// @param stateKey which piece of the room's state it sets; empty for a message
/// @param content inside of the encryption if it was encrypted; to be read only
/// @param json the event as the server sent it; to be read only
/// @param trust what is known of the way it came
/// @param keysFrom who gave us the key to it when they invited us: who has sent it is their word
///   alone then; empty where the key came in another way
/// @param device the device that it was encrypted by, if that is known
public record Envelope(
    RoomId room,
    EventId id,
    UserId sender,
    Instant sentAt,
    String type,
    Optional<String> stateKey,
    ObjectNode content,
    ObjectNode json,
    Trust trust,
    Optional<UserId> keysFrom,
    Optional<DeviceId> device) {

  /// The event that this one is about, as a relation of this type says: `m.thread`, `m.reference`,
  /// or one of your own.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#forming-relationships-between-events
  public Optional<EventId> relation(String relationType) {
    return Relations.to(content, relationType);
  }

  /// Whether a redaction has taken away what it said.
  public boolean isRedacted() {
    return json.path("unsigned").path("redacted_because").isObject();
  }

  /// The name that the sending device gave to its request; only that device is told.
  public Optional<String> transactionId() {
    return Optional.ofNullable(json.path("unsigned").path("transaction_id").stringValue(null));
  }

  /// Without the content, which is nobody else's business.
  @Override
  public String toString() {
    return type + " " + id;
  }
}
