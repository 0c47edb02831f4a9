package dev.sotto.client.encryption.megolm;

import dev.sotto.client.encryption.attachment.EncryptedFile;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;

/// The keys to a room's history, which somebody who invited the user to it left on the server.
///
/// @param from who left them, and is all there is to believe of them
/// @param file where they are
public record HistoryBundle(RoomId room, UserId from, EncryptedFile file) {}
