package dev.sotto.client.engine;

/// What a Megolm message said.
///
/// @param index which of the session's messages it is. An index that was seen before, in another
///   event, is a replay; the engine decrypts it again all the same
public record DecryptedMegolm(long index, byte[] plaintext) {}
