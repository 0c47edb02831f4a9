package dev.sotto.homeserver.reports;

import org.jspecify.annotations.Nullable;

/// A report as administrators see it.
///
/// @param reportedAt in milliseconds since 1970
public record Report(
    long id,
    String reporter,
    @Nullable String roomId,
    @Nullable String eventId,
    @Nullable String userId,
    @Nullable String reason,
    long reportedAt) {}
