package dev.sotto.protocol.event;

import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.NumericNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/// An event as servers exchange it, with its id: the JSON tree, and its common fields read once.
///
/// The view never changes, and nobody changes the tree behind it: events are shared between threads
/// and caches. Two events are equal when their ids are.
///
/// @spec https://spec.matrix.org/v1.19/server-server-api/#pdus
public final class Event {
  private final EventId id;
  private final ObjectNode json;
  private final String type;
  private final @Nullable StateKey key;
  private final UserId sender;
  private final @Nullable RoomId roomId;
  private final ObjectNode content;
  private final long depth;
  private final long originServerTs;
  private final List<EventId> prevEvents;
  private final List<EventId> authEvents;

  private Event(EventId id, ObjectNode json) {
    this.id = id;
    this.json = json;
    this.type = text(json, "type");
    this.key = json.has("state_key") ? new StateKey(type, text(json, "state_key")) : null;
    this.sender = new UserId(text(json, "sender"));
    this.roomId = json.has("room_id") ? new RoomId(text(json, "room_id")) : null;
    this.content = object(json, "content");
    this.depth = integer(json, "depth");
    this.originServerTs = integer(json, "origin_server_ts");
    this.prevEvents = references(json, "prev_events");
    this.authEvents = references(json, "auth_events");
  }

  /// The view of `json`, whose id is `id`.
  ///
  /// @throws MatrixException `M_BAD_JSON` if a field is missing or of a wrong type
  public static Event of(EventId id, ObjectNode json) {
    try {
      return new Event(id, json);
    } catch (MatrixException e) {
      throw MatrixException.badJson(e.getMessage());
    }
  }

  public EventId id() {
    return id;
  }

  public String type() {
    return type;
  }

  /// The state key, or null for a message-like event.
  public @Nullable String stateKey() {
    return key == null ? null : key.key();
  }

  public boolean isState() {
    return key != null;
  }

  /// Whether this is a state event of `type`.
  public boolean isState(String type) {
    return key != null && this.type.equals(type);
  }

  /// What this state event sets; asking a message-like event is a mistake.
  public StateKey key() {
    if (key == null) {
      throw new IllegalStateException(id + " is not a state event");
    }
    return key;
  }

  public UserId sender() {
    return sender;
  }

  /// The room, or null in a create event whose room is named after it (from room version 12 on).
  public @Nullable RoomId roomId() {
    return roomId;
  }

  public ObjectNode content() {
    return content;
  }

  /// The member `name` of the content, if it is there and a string.
  public @Nullable String contentString(String name) {
    return content.get(name) instanceof StringNode value ? value.stringValue() : null;
  }

  public long depth() {
    return depth;
  }

  /// When the sender's server says that it was sent, in milliseconds since 1970.
  public long originServerTs() {
    return originServerTs;
  }

  public List<EventId> prevEvents() {
    return prevEvents;
  }

  public List<EventId> authEvents() {
    return authEvents;
  }

  /// The event that this redaction is about: `redacts` at the top level (before room version 11) or
  /// else within the content; null if neither names an event.
  public @Nullable EventId redacts() {
    JsonNode outer = json.get("redacts");
    JsonNode named = outer != null ? outer : content.get("redacts");
    if (!type.equals(EventTypes.REDACTION) || named == null || !named.isString()) {
      return null;
    }
    try {
      return new EventId(named.stringValue());
    } catch (MatrixException _) {
      return null;
    }
  }

  /// The whole event; to be read only.
  public ObjectNode json() {
    return json;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Event event && id.equals(event.id);
  }

  @Override
  public int hashCode() {
    return id.hashCode();
  }

  @Override
  public String toString() {
    return type + " " + id;
  }

  private static String text(ObjectNode json, String name) {
    if (json.get(name) instanceof StringNode value) {
      return value.stringValue();
    }
    throw MatrixException.badJson("'" + name + "' of an event must be a string.");
  }

  private static ObjectNode object(ObjectNode json, String name) {
    if (json.get(name) instanceof ObjectNode value) {
      return value;
    }
    throw MatrixException.badJson("'" + name + "' of an event must be an object.");
  }

  private static long integer(ObjectNode json, String name) {
    if (json.get(name) instanceof NumericNode value
        && value.isIntegralNumber()
        && value.canConvertToLong()) {
      return value.longValue();
    }
    throw MatrixException.badJson("'" + name + "' of an event must be an integer.");
  }

  /// References are ids, or in room versions 1 and 2 pairs of an id and its hashes.
  private static List<EventId> references(ObjectNode json, String name) {
    if (!(json.get(name) instanceof ArrayNode array)) {
      throw MatrixException.badJson("'" + name + "' of an event must be an array.");
    }
    List<EventId> ids = new ArrayList<>(array.size());
    for (JsonNode reference : array) {
      JsonNode id = reference.isArray() && reference.size() == 2 ? reference.get(0) : reference;
      if (!id.isString()) {
        throw MatrixException.badJson("'" + name + "' of an event must name events.");
      }
      ids.add(new EventId(id.stringValue()));
    }
    return List.copyOf(ids);
  }
}
