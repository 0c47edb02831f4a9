package dev.sotto.homeserver.reports;

import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;

/// What a report is about.
public sealed interface Subject {
  record OfRoom(RoomId room) implements Subject {}

  record OfEvent(RoomId room, EventId event) implements Subject {}

  record OfUser(UserId user) implements Subject {}
}
