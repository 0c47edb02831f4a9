package dev.sotto.client.verification;

/// One of the 64 signs that people compare.
///
/// @param symbol the emoji; some are two characters of Unicode
/// @param description what it is called in English, to be shown with it
/// @spec https://spec.matrix.org/v1.19/client-server-api/#sas-method-emoji
public record SasEmoji(String symbol, String description) {}
