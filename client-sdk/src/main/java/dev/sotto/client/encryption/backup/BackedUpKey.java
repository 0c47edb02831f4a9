package dev.sotto.client.encryption.backup;

import dev.sotto.protocol.id.RoomId;
import tools.jackson.databind.node.ObjectNode;

/// A session's key as the server has it in the backup.
///
/// @param sessionId what the server says the session is called
/// @param json `KeyBackupData`
public record BackedUpKey(RoomId room, String sessionId, ObjectNode json) {}
