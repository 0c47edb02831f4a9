package dev.sotto.homeserver.sync;

import dev.sotto.protocol.id.UserId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// What a client needs to name a room: who is in it, and how many.
///
/// @param heroes some members, or null where the room has a name
record RoomSummary(@Nullable List<UserId> heroes, int joined, int invited) {

  void write(JsonGenerator out) {
    out.writeStartObject();
    if (heroes != null) {
      out.writeArrayPropertyStart("m.heroes");
      heroes.forEach(hero -> out.writeString(hero.value()));
      out.writeEndArray();
    }
    out.writeNumberProperty("m.joined_member_count", joined);
    out.writeNumberProperty("m.invited_member_count", invited);
    out.writeEndObject();
  }
}
