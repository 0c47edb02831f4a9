package dev.sotto.client.encryption.verification;

import dev.sotto.client.verification.Method;
import dev.sotto.protocol.crypto.VerifyKey;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Set;

/// This side of all verifications.
record Own(
    UserId user,
    DeviceId device,
    VerifyKey fingerprint,
    KnownKeys keys,
    Set<Method> methods,
    InstantSource clock,
    SecureRandom random) {
  Own {
    methods = Set.copyOf(methods);
  }

  Own with(Set<Method> others) {
    return new Own(user, device, fingerprint, keys, others, clock, random);
  }
}
