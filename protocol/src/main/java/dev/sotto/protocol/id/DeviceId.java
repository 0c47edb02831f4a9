package dev.sotto.protocol.id;

import dev.sotto.protocol.error.MatrixException;

/// A device's id: an opaque string that is unique among its user's devices.
///
/// @spec https://spec.matrix.org/v1.19/appendices/#device-ids
public record DeviceId(String value) implements Comparable<DeviceId> {
  public DeviceId {
    if (value.isEmpty()) {
      throw MatrixException.invalidParam("A device id must not be empty.");
    }
    Ids.checkText("device id", value);
  }

  @Override
  public int compareTo(DeviceId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
