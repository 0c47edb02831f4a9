package dev.sotto.homeserver.receipts;

import dev.sotto.protocol.id.EventId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Where events stand.
@FunctionalInterface
public interface EventPositions {
  /// An event's place.
  ///
  /// @param position where it stands in the order of everything
  /// @param thread the root of the thread it is in, or null in the main timeline
  record Place(long position, @Nullable EventId thread) {}

  /// The place of an event of the room with this number, or empty if the room has no such event.
  Optional<Place> find(long room, EventId event);
}
