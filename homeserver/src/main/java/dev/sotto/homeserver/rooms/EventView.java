package dev.sotto.homeserver.rooms;

import dev.sotto.protocol.event.EventTypes;
import dev.sotto.protocol.json.CanonicalJson;
import dev.sotto.protocol.json.Json;
import dev.sotto.protocol.json.RawJson;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// One event as one viewer sees it.
///
/// @param now what `age` is counted to, in milliseconds since 1970
/// @param txnId the transaction id, if the viewer's device sent it
/// @param replaced the state event whose place it took
/// @param redaction the event that redacted it
/// @param relations the JSON of `m.relations`
/// @param membership the viewer's membership at the event, where that was looked up
/// @spec https://spec.matrix.org/v1.19/client-server-api/#room-event-format
public record EventView(
    StoredEvent event,
    Room room,
    long now,
    @Nullable String txnId,
    @Nullable StoredEvent replaced,
    @Nullable StoredEvent redaction,
    byte @Nullable [] relations,
    @Nullable Membership membership) {

  /// The form within /sync, where the room is named around it.
  public void writeInRoom(JsonGenerator out) {
    out.writeRawValue(new RawJson(bytes(false)));
  }

  /// The form that stands alone, with `room_id`.
  public void write(JsonGenerator out) {
    out.writeRawValue(new RawJson(bytes(true)));
  }

  /// The form that stands alone, as a tree: for what looks into it once more.
  public ObjectNode tree() {
    return Json.parseObject(bytes(true));
  }

  /// The bytes of one form; with `room_id` if `alone`.
  public byte[] bytes(boolean alone) {
    Splice out = new Splice(json(), 256);
    redacts(out);
    if (alone) {
      out.member("room_id", text(room.id().value()));
    }
    Splice unsigned = new Splice(128);
    unsigned.member("age", ascii(Long.toString(Math.max(0, now - event.sentAt()))));
    if (membership != null) {
      unsigned.member("membership", ascii('"' + membership.wireName() + '"'));
    }
    if (replaced != null) {
      unsigned.member(
          "prev_content", CanonicalJson.encode(replaced.content(), room.version().numbers()));
      unsigned.member("prev_sender", text(replaced.sender().value()));
      unsigned.member("replaces_state", text(replaced.id().value()));
    }
    if (redaction != null) {
      Splice because = new Splice(redaction.json(), 64);
      because.member("room_id", text(room.id().value()));
      unsigned.member("redacted_because", because.close());
    }
    if (relations != null) {
      unsigned.member("m.relations", relations);
    }
    if (txnId != null) {
      unsigned.member("transaction_id", text(txnId));
    }
    out.member("unsigned", unsigned.close());
    return out.close();
  }

  /// What is stored; but a redaction names its target within its content for newer clients, even if
  /// it does so beside it in this room version.
  ///
  /// @spec
  ///   https://spec.matrix.org/v1.19/rooms/v11/#moving-the-redacts-property-of-mroomredaction-events-to-a-content-property
  private byte[] json() {
    if (!event.type().equals(EventTypes.REDACTION) || room.version().redactsInContent()) {
      return event.json();
    }
    ObjectNode whole = Json.parseObject(event.json());
    if (whole.path("redacts").isString() && whole.get("content") instanceof ObjectNode content) {
      content.put("redacts", whole.get("redacts").stringValue());
    }
    return CanonicalJson.encode(whole, room.version().numbers());
  }

  /// And the other way round: redactions name their target at the top level for older clients.
  private void redacts(Splice out) {
    if (event.type().equals(EventTypes.REDACTION) && room.version().redactsInContent()) {
      JsonNode target = event.content().get("redacts");
      if (target != null && target.isString()) {
        out.member("redacts", text(target.stringValue()));
      }
    }
  }

  private static byte[] text(String value) {
    return CanonicalJson.encode(Json.mapper().getNodeFactory().stringNode(value));
  }

  private static byte[] ascii(String value) {
    return value.getBytes(StandardCharsets.US_ASCII);
  }

  /// A JSON object in the making, of members that are bytes already.
  private static final class Splice {
    private final ByteArrayOutputStream out;
    private boolean empty = true;

    Splice(int size) {
      out = new ByteArrayOutputStream(size);
      out.write('{');
    }

    /// Starts with the members of `object`.
    Splice(byte[] object, int more) {
      out = new ByteArrayOutputStream(object.length + more);
      out.write(object, 0, object.length - 1);
      empty = object.length <= 2;
    }

    void member(String name, byte[] value) {
      if (!empty) {
        out.write(',');
      }
      empty = false;
      out.write('"');
      out.writeBytes(ascii(name));
      out.write('"');
      out.write(':');
      out.writeBytes(value);
    }

    byte[] close() {
      out.write('}');
      return out.toByteArray();
    }
  }
}
