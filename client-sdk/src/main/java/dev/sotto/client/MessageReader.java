package dev.sotto.client;

import dev.sotto.client.event.Envelope;
import dev.sotto.client.event.RoomEvent;
import dev.sotto.client.event.Trust;
import dev.sotto.client.event.Undecryptable;
import dev.sotto.protocol.event.EventTypes;
import dev.sotto.protocol.id.RoomId;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Reads events as the server gives them, and decrypts those that are encrypted.
final class MessageReader {
  private final Encryption encryption;
  private final Pump pump;

  MessageReader(Encryption encryption, Pump pump) {
    this.encryption = encryption;
    this.pump = pump;
  }

  RoomEvent read(Envelope envelope) {
    boolean encrypted =
        envelope.type().equals(EventTypes.ENCRYPTED)
            && envelope.stateKey().isEmpty()
            && !envelope.isRedacted();
    if (!encrypted) {
      return EventReader.read(envelope);
    }
    RoomEvent event = encryption.decrypt(envelope);
    if (event.trust() == Trust.UNKNOWN_DEVICE || event.trust() == Trust.UNSIGNED) {
      // Maybe only because nobody has asked for the sender's devices yet: what came with the key
      // does not say who has signed the device.
      encryption.track(envelope.sender());
    } else if (!(event instanceof Undecryptable hidden) || !hidden.mayBecomeReadable()) {
      return event;
    }
    // The key may be in the backup.
    pump.flush();
    return encryption.decrypt(envelope);
  }

  /// The events of a list in its order; what is none is left out.
  List<RoomEvent> readAll(RoomId room, JsonNode events) {
    List<RoomEvent> read = new ArrayList<>();
    events.forEach(
        event -> Envelopes.of(room, event).ifPresent(envelope -> read.add(read(envelope))));
    return read;
  }
}
