package dev.sotto.homeserver.media;

/// Content that is there.
///
/// @param file its name on disk
public record MediaFile(String file, MediaLabel label, long sizeBytes) {}
