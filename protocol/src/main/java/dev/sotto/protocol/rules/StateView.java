package dev.sotto.protocol.rules;

import dev.sotto.protocol.event.Event;
import dev.sotto.protocol.event.StateKey;
import org.jspecify.annotations.Nullable;

/// A room's state as the authorization rules look at it.
@FunctionalInterface
public interface StateView {
  /// The event that holds `key`, or null if it was never set.
  @Nullable Event get(StateKey key);
}
