package dev.sotto.protocol.rules;

import dev.sotto.protocol.event.Event;
import dev.sotto.protocol.id.EventId;
import org.jspecify.annotations.Nullable;

/// Finds the events of a room by their ids, for walking back along `auth_events`.
@FunctionalInterface
public interface EventLookup {
  /// The event, or null if this server does not have it.
  @Nullable Event get(EventId id);

  /// Whether the event was rejected when it arrived, and so cannot vouch for others.
  default boolean isRejected(EventId id) {
    return false;
  }
}
