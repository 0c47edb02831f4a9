package dev.sotto.client.verification;

import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.util.Optional;

/// Who is on the other side of a verification, and where it takes place.
///
/// @param device the device that takes part; empty as long as none has answered
/// @param room the room in which it takes place; empty if the devices write to each other
public record Peer(UserId user, Optional<DeviceId> device, Optional<RoomId> room) {}
