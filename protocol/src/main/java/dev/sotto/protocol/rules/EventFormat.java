package dev.sotto.protocol.rules;

import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.event.EventTypes;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.CanonicalJson;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What an event must look like in a room of a given version before any rule is asked: its fields,
/// their types and their sizes.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#size-limits
public final class EventFormat {
  /// The most bytes that an event may take in its canonical form, its signatures included.
  public static final int MAX_BYTES = 65_536;

  /// The most bytes that a type or a state key may take.
  public static final int MAX_KEY_BYTES = 255;

  /// What a signature takes beside the name of its server: 86 characters, a key id, punctuation.
  private static final int SIGNATURE_BYTES = 256;

  public static final int MAX_PREV_EVENTS = 20;
  public static final int MAX_AUTH_EVENTS = 10;

  private EventFormat() {}

  /// The canonical bytes of `event`, which may be stored and sent.
  ///
  /// @throws MatrixException `M_BAD_JSON` if a field is missing or has a wrong form, `M_TOO_LARGE`
  ///   if the event or one of its keys is too long
  public static byte[] encode(RoomVersion version, ObjectNode event) {
    checkFields(version, event);
    byte[] bytes = CanonicalJson.encode(event, version.numbers());
    if (bytes.length + signatureBytes(event) > MAX_BYTES) {
      throw MatrixException.tooLarge("An event must not be larger than 65,536 bytes.");
    }
    return bytes;
  }

  /// The room to leave for a signature that is still to be made, so that an event which was
  /// accepted can always be sent to other servers.
  private static int signatureBytes(ObjectNode event) {
    return event.has("signatures")
        ? 0
        : SIGNATURE_BYTES + event.path("sender").asString("").length();
  }

  /// Refuses `event` as `encode` does.
  public static void check(RoomVersion version, ObjectNode event) {
    encode(version, event);
  }

  private static void checkFields(RoomVersion version, ObjectNode event) {
    checkKey("type", requireText(event, "type"));
    if (event.has("state_key")) {
      checkKey("state_key", requireText(event, "state_key"));
    }
    try {
      new UserId(requireText(event, "sender"));
      checkRoom(version, event);
      if (version.eventIds() == EventIdRule.CHOSEN) {
        new EventId(requireText(event, "event_id"));
      }
      checkReferences(version, event, "prev_events", MAX_PREV_EVENTS);
      checkReferences(version, event, "auth_events", MAX_AUTH_EVENTS);
    } catch (MatrixException e) {
      throw MatrixException.badJson(e.getMessage());
    }
    requireObject(event, "content");
    requireText(requireObject(event, "hashes"), "sha256");
    if (requireInteger(event, "depth") < 0) {
      throw MatrixException.badJson("'depth' of an event must not be negative.");
    }
    requireInteger(event, "origin_server_ts");
    if (event.has("signatures")) {
      requireObject(event, "signatures");
    }
    if (event.has("unsigned")) {
      requireObject(event, "unsigned");
    }
  }

  private static void checkRoom(RoomVersion version, ObjectNode event) {
    boolean namedByItself =
        version.roomIdFromCreate()
            && EventTypes.CREATE.equals(requireText(event, "type"))
            && event.has("state_key");
    if (!namedByItself) {
      new RoomId(requireText(event, "room_id"));
    } else if (event.has("room_id")) {
      throw MatrixException.badJson("A create event of this room version names no room.");
    }
  }

  private static void checkReferences(
      RoomVersion version, ObjectNode event, String name, int most) {
    if (!(event.get(name) instanceof ArrayNode references)) {
      throw MatrixException.badJson("'" + name + "' of an event must be an array.");
    }
    if (references.size() > most) {
      throw MatrixException.badJson(
          "'" + name + "' of an event must not name more than " + most + " events.");
    }
    for (JsonNode reference : references) {
      JsonNode id = reference;
      if (version.referencesAreHashed()) {
        if (!reference.isArray()
            || reference.size() != 2
            || !(reference.get(1) instanceof ObjectNode)) {
          throw MatrixException.badJson("'" + name + "' must hold pairs of an id and hashes.");
        }
        id = reference.get(0);
      }
      if (!id.isString()) {
        throw MatrixException.badJson("'" + name + "' of an event must name events.");
      }
      new EventId(id.stringValue());
    }
  }

  private static void checkKey(String name, String value) {
    if (value.length() > MAX_KEY_BYTES
        || value.getBytes(StandardCharsets.UTF_8).length > MAX_KEY_BYTES) {
      throw MatrixException.tooLarge(
          "'" + name + "' of an event must not be longer than 255 bytes.");
    }
  }

  private static String requireText(ObjectNode object, String name) {
    @Nullable JsonNode value = object.get(name);
    if (value == null || !value.isString()) {
      throw MatrixException.badJson("'" + name + "' of an event must be a string.");
    }
    return value.stringValue();
  }

  private static ObjectNode requireObject(ObjectNode object, String name) {
    if (object.get(name) instanceof ObjectNode value) {
      return value;
    }
    throw MatrixException.badJson("'" + name + "' of an event must be an object.");
  }

  private static long requireInteger(ObjectNode object, String name) {
    @Nullable JsonNode value = object.get(name);
    if (value == null || !value.isIntegralNumber() || !value.canConvertToLong()) {
      throw MatrixException.badJson("'" + name + "' of an event must be an integer.");
    }
    return value.longValue();
  }
}
