package dev.sotto.homeserver.sync;

import dev.sotto.homeserver.rooms.RoomState;
import dev.sotto.homeserver.rooms.StoredEvent;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.UserId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JsonGenerator;

/// The little of a room's state by which somebody outside recognises the room.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#stripped-state
record StrippedState(List<StoredEvent> events) {
  private static final List<StateKey> SHOWN =
      List.of(
          StateKey.CREATE,
          StateKey.JOIN_RULES,
          StateKey.CANONICAL_ALIAS,
          StateKey.ENCRYPTION,
          StateKey.NAME,
          StateKey.TOPIC,
          StateKey.AVATAR);

  /// What `user`, whose membership is `member`, is shown; the sender of that membership too.
  static StrippedState of(RoomState state, UserId user, StoredEvent member) {
    Set<StateKey> keys = new LinkedHashSet<>(SHOWN);
    keys.add(StateKey.member(member.sender()));
    keys.remove(StateKey.member(user));
    List<StoredEvent> events = new ArrayList<>();
    for (StateKey key : keys) {
      StoredEvent event = state.stored(key);
      if (event != null) {
        events.add(event);
      }
    }
    events.add(member);
    return new StrippedState(List.copyOf(events));
  }

  void write(JsonGenerator out) {
    out.writeStartArray();
    for (StoredEvent event : events) {
      out.writeStartObject();
      out.writeName("content");
      out.writePOJO(event.content());
      out.writeStringProperty("sender", event.sender().value());
      out.writeStringProperty("state_key", String.valueOf(event.stateKey()));
      out.writeStringProperty("type", event.type());
      out.writeEndObject();
    }
    out.writeEndArray();
  }
}
