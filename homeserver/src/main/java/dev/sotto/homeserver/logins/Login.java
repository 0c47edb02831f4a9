package dev.sotto.homeserver.logins;

import dev.sotto.homeserver.tokens.IssuedTokens;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;

/// A session that was opened: whose, on which device, and the tokens for it.
public record Login(UserId user, DeviceId device, IssuedTokens tokens) {}
