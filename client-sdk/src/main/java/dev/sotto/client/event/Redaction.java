package dev.sotto.client.event;

import dev.sotto.protocol.id.EventId;
import java.util.Optional;

/// Takes away what an earlier event said. It is never encrypted.
///
/// @param target the earlier event
/// @spec https://spec.matrix.org/v1.19/client-server-api/#mroomredaction
public record Redaction(Envelope envelope, EventId target, Optional<String> reason)
    implements RoomEvent {}
