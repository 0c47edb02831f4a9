package dev.sotto.protocol.id;

import dev.sotto.protocol.error.MatrixException;

/// A room's id: `!opaque:server`, or from room version 12 on `!` and the hash of its create event.
///
/// @spec https://spec.matrix.org/v1.19/appendices/#room-ids
public record RoomId(String value) implements Comparable<RoomId> {
  public RoomId {
    Ids.check("room id", '!', value);
    if (value.length() < 2) {
      throw MatrixException.invalidParam("A room id must not be empty after its '!'.");
    }
  }

  @Override
  public int compareTo(RoomId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
