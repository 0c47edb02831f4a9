package dev.sotto.homeserver.journal;

/// One piece of news: what kind, where in the order, and about what.
///
/// @param topics see [Topics]; not to be changed
public record Row(long position, Stream stream, long[] topics) {}
