package dev.sotto.homeserver.directory;

import dev.sotto.homeserver.rooms.HistoryVisibility;
import dev.sotto.homeserver.rooms.Room;
import dev.sotto.homeserver.rooms.RoomState;
import dev.sotto.protocol.event.Event;
import dev.sotto.protocol.event.StateKey;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What the list of public rooms says of one.
public record PublicRoom(
    String roomId,
    @Nullable String canonicalAlias,
    @Nullable String name,
    @Nullable String topic,
    @Nullable String avatarUrl,
    int numJoinedMembers,
    boolean worldReadable,
    boolean guestCanJoin,
    @Nullable String joinRule,
    @Nullable String roomType) {

  static PublicRoom of(Room room) {
    RoomState state = room.state();
    return new PublicRoom(
        room.id().value(),
        text(state, StateKey.CANONICAL_ALIAS, "alias"),
        text(state, StateKey.NAME, "name"),
        topic(state.get(StateKey.TOPIC)),
        text(state, StateKey.AVATAR, "url"),
        state.joined().size(),
        state.historyVisibility() == HistoryVisibility.WORLD_READABLE,
        "can_join".equals(state.string(StateKey.GUEST_ACCESS, "guest_access")),
        text(state, StateKey.JOIN_RULES, "join_rule"),
        state.create().content().path("type").stringValue(null));
  }

  private static @Nullable String text(RoomState state, StateKey key, String name) {
    String text = state.string(key, name);
    return text == null || text.isEmpty() ? null : text;
  }

  /// The topic as plain text; rooms may hold it in several types.
  private static @Nullable String topic(@Nullable Event event) {
    if (event == null) {
      return null;
    }
    String plain = event.contentString("topic");
    if (plain != null) {
      return plain.isEmpty() ? null : plain;
    }
    for (JsonNode form : event.content().path("m.topic").path("m.text")) {
      if (form.path("mimetype").stringValue("text/plain").equals("text/plain")) {
        return form.path("body").stringValue(null);
      }
    }
    return null;
  }

  /// Whether its names or its topic hold `folded`, a text in lower case.
  boolean mentions(String folded) {
    return Stream.of(name, topic, canonicalAlias, roomId)
        .anyMatch(text -> text != null && text.toLowerCase(Locale.ROOT).contains(folded));
  }
}
