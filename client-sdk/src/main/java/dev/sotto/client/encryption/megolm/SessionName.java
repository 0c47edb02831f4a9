package dev.sotto.client.encryption.megolm;

import dev.sotto.protocol.id.RoomId;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Names a session of a room.
public record SessionName(RoomId room, String sessionId) {
  /// The session that an `m.room.encrypted` event of a room names; empty if it names none.
  public static Optional<SessionName> ofEvent(RoomId room, ObjectNode event) {
    return Fields.session(event.path("content"), "session_id")
        .map(session -> new SessionName(room, session));
  }

  /// What a [#toString()] gave.
  static SessionName of(String text) {
    int space = text.lastIndexOf(' ');
    return new SessionName(new RoomId(text.substring(0, space)), text.substring(space + 1));
  }

  /// Room and session with a space between, which no session's id has.
  @Override
  public String toString() {
    return room.value() + " " + sessionId;
  }
}
