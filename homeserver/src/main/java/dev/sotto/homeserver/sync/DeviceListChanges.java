package dev.sotto.homeserver.sync;

import dev.sotto.protocol.id.UserId;
import java.util.Set;
import tools.jackson.core.JsonGenerator;

/// Whose devices a client should look at again, and whose it need no longer look at.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#e2e-extensions-to-sync
record DeviceListChanges(Set<UserId> changed, Set<UserId> left) {
  static final DeviceListChanges NONE = new DeviceListChanges(Set.of(), Set.of());

  boolean isEmpty() {
    return changed.isEmpty() && left.isEmpty();
  }

  void write(JsonGenerator out) {
    out.writeStartObject();
    users(out, "changed", changed);
    users(out, "left", left);
    out.writeEndObject();
  }

  private static void users(JsonGenerator out, String name, Set<UserId> users) {
    out.writeArrayPropertyStart(name);
    users.forEach(user -> out.writeString(user.value()));
    out.writeEndArray();
  }
}
