package dev.sotto.homeserver.uia;

import dev.sotto.protocol.id.UserId;
import org.jspecify.annotations.Nullable;

/// What authentication is asked for: an authentication begun for one operation is good for no
/// other.
///
/// @param name what is to be done, with what it is done to, such as `delete device ABC`
/// @param user whose access token came with the request, or null if none did
public record Operation(String name, @Nullable UserId user) {}
