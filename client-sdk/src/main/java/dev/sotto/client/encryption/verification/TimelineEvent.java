package dev.sotto.client.encryption.verification;

import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// An event of a room's timeline, decrypted where it was encrypted.
///
/// @param senderDevice the device whose session it was encrypted with; null if it was not
/// @param sentAt its `origin_server_ts`
/// @param content with `m.relates_to`, which stands outside of what is encrypted
public record TimelineEvent(
    RoomId room,
    EventId id,
    UserId sender,
    @Nullable DeviceId senderDevice,
    Instant sentAt,
    String type,
    ObjectNode content) {}
