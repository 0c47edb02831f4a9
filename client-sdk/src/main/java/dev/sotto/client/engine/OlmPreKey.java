package dev.sotto.client.engine;

/// What a pre-key message says of the session that it begins.
///
/// @param sessionId the id that the session has at both ends
/// @param identityKey the sender's, as the message claims
/// @param baseKey the sender's key for this session alone
/// @param oneTimeKey the recipient's one-time or fallback key
public record OlmPreKey(
    String sessionId, Curve25519Key identityKey, Curve25519Key baseKey, Curve25519Key oneTimeKey) {}
