package dev.sotto.client;

import dev.sotto.client.event.Envelope;
import dev.sotto.client.event.Trust;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Makes envelopes of events, and says how far they are to be trusted.
final class Envelopes {
  private Envelopes() {}

  /// The envelope of an event as a server gave it; empty if it is no event. The room it names is
  /// not believed.
  static Optional<Envelope> of(RoomId room, JsonNode event) {
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
              Optional.empty(),
              Optional.empty()));
    } catch (MatrixException _) {
      return Optional.empty();
    }
  }

  /// The same event with what was inside of its encryption.
  ///
  /// @param keysFrom who gave us the key to it with an invitation, if that is how it came
  /// @param from the device that it was encrypted by, if that is known
  static Envelope decrypted(
      Envelope sealed,
      String type,
      ObjectNode content,
      Trust trust,
      Optional<UserId> keysFrom,
      Optional<DeviceId> from) {
    return new Envelope(
        sealed.room(),
        sealed.id(),
        sealed.sender(),
        sealed.sentAt(),
        type,
        Optional.empty(),
        content,
        sealed.json(),
        trust,
        keysFrom,
        from);
  }

  /// The same event, which stays encrypted: nobody can tell who has written it.
  static Envelope unread(Envelope sealed) {
    return decrypted(
        sealed,
        sealed.type(),
        sealed.content(),
        Trust.UNPROVEN,
        Optional.empty(),
        Optional.empty());
  }
}
