package dev.sotto.client;

import dev.sotto.client.event.RoomEvent;

/// Deals with events of rooms.
///
/// The events of one room come in their order and one at a time, those of several rooms at the same
/// time. A handler may take its time, and may call the client; what it throws goes to
/// [MatrixClient#onProblem].
@FunctionalInterface
public interface RoomHandler<E extends RoomEvent> {
  /// Deals with one event.
  void handle(Room room, E event) throws Exception;
}
