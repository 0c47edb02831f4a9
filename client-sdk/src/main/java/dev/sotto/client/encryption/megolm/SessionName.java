package dev.sotto.client.encryption.megolm;

import dev.sotto.protocol.id.RoomId;

/// Names a session of a room.
public record SessionName(RoomId room, String sessionId) {
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
