package dev.sotto.client;

import dev.sotto.client.event.Envelope;
import dev.sotto.client.event.RoomEvent;
import dev.sotto.client.event.Trust;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Events as clients make them of what servers send, for tests of other packages.
public final class Events {
  private Events() {}

  public static Envelope envelope(RoomId room, ObjectNode json) {
    return Envelopes.of(room, json).orElseThrow();
  }

  public static Envelope decrypted(Envelope sealed, String type, ObjectNode content, Trust trust) {
    return Envelopes.decrypted(sealed, type, content, trust, Optional.empty(), Optional.empty());
  }

  /// As read with a key that somebody gave us who has invited us.
  public static Envelope decrypted(
      Envelope sealed, String type, ObjectNode content, UserId keysFrom) {
    return Envelopes.decrypted(
        sealed, type, content, Trust.UNPROVEN, Optional.of(keysFrom), Optional.empty());
  }

  public static RoomEvent read(Envelope envelope) {
    return EventReader.read(envelope);
  }
}
