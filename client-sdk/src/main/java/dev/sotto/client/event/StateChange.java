package dev.sotto.client.event;

/// A piece of the room's state was set, other than a membership. State is never encrypted.
public record StateChange(Envelope envelope, String stateKey) implements RoomEvent {}
