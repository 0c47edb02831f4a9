package dev.sotto.client.encryption.verification;

import dev.sotto.protocol.crypto.VerifyKey;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;

/// This side of all verifications.
record Own(UserId user, DeviceId device, VerifyKey fingerprint, KnownKeys keys) {}
