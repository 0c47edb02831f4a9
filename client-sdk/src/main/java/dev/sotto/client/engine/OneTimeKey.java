package dev.sotto.client.engine;

/// A key that others begin a session with: a one-time key, or the fallback key.
///
/// @param id what it is published as, without the algorithm: `AAAAAA` in `signed_curve25519:AAAAAA`
public record OneTimeKey(String id, Curve25519Key key) {}
