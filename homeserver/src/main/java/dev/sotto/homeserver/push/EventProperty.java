package dev.sotto.homeserver.push;

import dev.sotto.protocol.json.Json;
import dev.sotto.protocol.json.PropertyPath;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A property of events that a condition asks for; taken from what is at hand of the event, so that
/// its whole JSON need not be read.
///
/// @param name the first step of the path
/// @param rest the path below that, or null if there is nothing below
record EventProperty(String name, @Nullable PropertyPath rest) {
  /// The text of a message.
  static final EventProperty BODY = new EventProperty("content.body");

  /// The property at a dot-separated path.
  EventProperty(String path) {
    this(PropertyPath.parse(path).names());
  }

  private EventProperty(List<String> names) {
    this(
        names.getFirst(),
        names.size() == 1 ? null : new PropertyPath(names.subList(1, names.size())));
  }

  /// The property's value, or null if the event has none.
  @Nullable JsonNode of(UnreadEvent event, RoomContext room) {
    if (name.equals("content")) {
      return rest == null ? event.content() : rest.find(event.content());
    }
    if (rest != null) {
      return null;
    }
    return switch (name) {
      case "type" -> text(event.type());
      case "sender" -> text(event.sender().value());
      case "room_id" -> text(room.id().value());
      case "event_id" -> text(event.id().value());
      case "state_key" -> text(event.stateKey());
      default -> null;
    };
  }

  private static @Nullable JsonNode text(@Nullable String value) {
    return value == null ? null : Json.mapper().getNodeFactory().stringNode(value);
  }
}
