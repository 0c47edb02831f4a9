package dev.sotto.client.event;

/// An event of a type that has no record of its own.
public record OtherEvent(Envelope envelope) implements RoomEvent {}
