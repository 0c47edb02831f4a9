package dev.sotto.client.event;

import dev.sotto.protocol.id.EventId;

/// A sign, mostly an emoji, beside a message. It is never encrypted.
///
/// @param target the message
/// @param key the sign
/// @spec https://spec.matrix.org/v1.19/client-server-api/#event-annotations-and-reactions
public record Reaction(Envelope envelope, EventId target, String key) implements RoomEvent {}
