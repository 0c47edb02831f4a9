package dev.sotto.protocol.id;

import dev.sotto.protocol.error.MatrixException;

/// An event's id: `$opaque:server` in room versions 1 and 2, `$` and a hash in later ones.
///
/// @spec https://spec.matrix.org/v1.19/appendices/#event-ids
public record EventId(String value) implements Comparable<EventId> {
  public EventId {
    Ids.check("event id", '$', value);
    if (value.length() < 2) {
      throw MatrixException.invalidParam("An event id must not be empty after its '$'.");
    }
  }

  @Override
  public int compareTo(EventId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
