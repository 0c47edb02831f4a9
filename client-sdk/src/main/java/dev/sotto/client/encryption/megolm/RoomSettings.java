package dev.sotto.client.encryption.megolm;

import java.time.Duration;

/// How messages of an encrypted room are to be encrypted.
///
/// @param supported whether its algorithm is one that is known here: only then can be sent to it
/// @param rotationPeriod how long a session is used at most
/// @param rotationMessages how many messages a session is used for at most
/// @param sharedHistory whether those who are invited later may be given the keys of now: the
///   history's visibility was seen to be `shared` or `world_readable`
/// @spec https://spec.matrix.org/v1.19/client-server-api/#mroomencryption
public record RoomSettings(
    boolean supported, Duration rotationPeriod, int rotationMessages, boolean sharedHistory) {}
