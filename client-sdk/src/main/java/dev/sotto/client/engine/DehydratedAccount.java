package dev.sotto.client.engine;

/// An account encrypted to be kept by the server, as `device_pickle` and `nonce` of a dehydrated
/// device: both base64.
public record DehydratedAccount(String ciphertext, String nonce) {}
