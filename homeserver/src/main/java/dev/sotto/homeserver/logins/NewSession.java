package dev.sotto.homeserver.logins;

import dev.sotto.protocol.id.DeviceId;
import org.jspecify.annotations.Nullable;

/// The session that a client asks for.
///
/// @param device the device to open it on, made if it is not there; null for a new one
/// @param displayName what the device is called if it is new
/// @param refreshable whether the client can refresh its tokens
public record NewSession(
    @Nullable DeviceId device, @Nullable String displayName, boolean refreshable) {}
