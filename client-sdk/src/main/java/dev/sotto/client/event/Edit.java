package dev.sotto.client.event;

import dev.sotto.protocol.id.EventId;

/// A message that takes the place of an earlier one of the same sender. Who has sent the earlier
/// one is not known here: one of somebody else is not edited.
///
/// @param edited the earlier message
/// @param replacement what it says now; its id is the edit's
/// @spec https://spec.matrix.org/v1.19/client-server-api/#event-replacements
public record Edit(Envelope envelope, EventId edited, Message replacement) implements RoomEvent {}
