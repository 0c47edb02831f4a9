package dev.sotto.client.event;

import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What all events have: who sent what where and when.
///
/// @param sentAt when the sender's server says that it was sent; nobody has checked that
/// @param type of the event, inside of the encryption if it was encrypted
/// @param stateKey which piece of the room's state it sets; empty for a message
/// @param content inside of the encryption if it was encrypted; to be read only
/// @param json the event as the server sent it; to be read only
/// @param trust what is known of the way it came
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
    Optional<DeviceId> device) {

  /// The envelope of an event as a server gave it; empty if it is no event. The room it names is
  /// not believed.
  public static Optional<Envelope> of(RoomId room, JsonNode event) {
    if (!(event instanceof ObjectNode json)
        || !(json.get("content") instanceof ObjectNode content)) {
      return Optional.empty();
    }
    JsonNode key = json.path("state_key");
    if (!json.path("type").isString() || !(key.isMissingNode() || key.isString())) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Envelope(
              room,
              new EventId(json.path("event_id").stringValue("")),
              new UserId(json.path("sender").stringValue("")),
              Instant.ofEpochMilli(json.path("origin_server_ts").longValue(0)),
              json.path("type").stringValue(""),
              Optional.ofNullable(key.stringValue(null)),
              content,
              json,
              Trust.CLEAR,
              Optional.empty()));
    } catch (MatrixException _) {
      return Optional.empty();
    }
  }

  /// The same event with what was inside of its encryption.
  ///
  /// @param from the device that it was encrypted by, if that is known
  public Envelope decrypted(
      String innerType, ObjectNode innerContent, Trust found, Optional<DeviceId> from) {
    return new Envelope(
        room, id, sender, sentAt, innerType, Optional.empty(), innerContent, json, found, from);
  }

  /// The same event, of which it is known in this way how it came.
  public Envelope trusted(Trust found) {
    return new Envelope(room, id, sender, sentAt, type, stateKey, content, json, found, device);
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
