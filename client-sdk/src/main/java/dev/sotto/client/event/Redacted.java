package dev.sotto.client.event;

/// An event whose content a redaction has taken away.
public record Redacted(Envelope envelope) implements RoomEvent {}
