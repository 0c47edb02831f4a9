package dev.sotto.homeserver.sync;

import dev.sotto.homeserver.rooms.Room;
import dev.sotto.homeserver.rooms.Snapshot;

/// What of a room is asked for: (from, to] of its timeline, and the state that goes with it.
///
/// @param snapshot the room, taken once so that all of an answer is about the same one
/// @param stateFrom the position whose state the client has; 0 if it has none
/// @param isNew whether the client takes this room as one that it knows nothing of
record Window(Room room, Snapshot snapshot, long from, long to, long stateFrom, boolean isNew) {

  /// Whether the client knows the room up to `since` and is told the rest.
  static Window since(Room room, long since, long to) {
    return new Window(room, room.snapshot(), since, to, since, false);
  }

  /// The whole room, for a client that has nothing of it.
  static Window whole(Room room, long to) {
    return new Window(room, room.snapshot(), 0, to, 0, false);
  }

  /// The whole room, for a client that knows it from an earlier stay, or not at all.
  static Window joined(Room room, long to) {
    return new Window(room, room.snapshot(), 0, to, 0, true);
  }

  /// What is new in the timeline, and the whole state.
  static Window fullState(Room room, long since, long to) {
    return new Window(room, room.snapshot(), since, to, 0, false);
  }

  /// Whether the whole state is asked for.
  boolean wholeState() {
    return stateFrom == 0;
  }
}
