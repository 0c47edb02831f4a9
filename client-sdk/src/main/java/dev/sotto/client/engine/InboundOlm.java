package dev.sotto.client.engine;

/// A session that somebody else began, and what the message that began it said.
public record InboundOlm(OlmSession session, byte[] plaintext) {}
