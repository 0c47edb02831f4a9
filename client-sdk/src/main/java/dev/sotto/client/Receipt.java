package dev.sotto.client;

import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.UserId;

/// Somebody has read a room up to an event.
///
/// @param isPrivate whether only we are told
/// @spec https://spec.matrix.org/v1.19/client-server-api/#receipts
public record Receipt(UserId user, EventId event, boolean isPrivate) {}
