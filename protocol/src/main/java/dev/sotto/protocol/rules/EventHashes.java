package dev.sotto.protocol.rules;

import dev.sotto.protocol.crypto.Sha256;
import dev.sotto.protocol.crypto.UnpaddedBase64;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.json.CanonicalJson;
import dev.sotto.protocol.json.CanonicalJson.Numbers;
import java.security.MessageDigest;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/// The two hashes of an event: the content hash, which covers all of it, and the reference hash,
/// which covers what survives redaction and gives it its id.
///
/// @spec https://spec.matrix.org/v1.19/server-server-api/#calculating-the-content-hash-for-an-event
/// @spec
///   https://spec.matrix.org/v1.19/server-server-api/#calculating-the-reference-hash-for-an-event
public final class EventHashes {
  private static final Set<String> NO_CONTENT = Set.of("unsigned", "signatures", "hashes");
  private static final Set<String> NO_REFERENCE = Set.of("unsigned", "signatures");

  private EventHashes() {}

  /// The SHA-256 over the whole event but `unsigned`, `signatures` and `hashes`.
  ///
  /// @throws MatrixException `M_BAD_JSON` if the event has no canonical form
  public static byte[] contentHash(ObjectNode event) {
    return Sha256.of(CanonicalJson.encodeWithout(event, NO_CONTENT, Numbers.STRICT));
  }

  /// The content hash, with the numbers that `version` lets events hold.
  public static byte[] contentHash(RoomVersion version, ObjectNode event) {
    return Sha256.of(CanonicalJson.encodeWithout(event, NO_CONTENT, version.numbers()));
  }

  /// Puts the content hash into `hashes` of `event` itself, and returns it.
  public static ObjectNode withContentHash(RoomVersion version, ObjectNode event) {
    String hash = UnpaddedBase64.encode(contentHash(version, event));
    event.putObject("hashes").put("sha256", hash);
    return event;
  }

  /// Whether the hash that the event carries is its own: if not, its content was changed on the way
  /// (by a redaction, for example) and only its redacted form can be trusted.
  public static boolean contentHashMatches(RoomVersion version, ObjectNode event) {
    if (!(event.get("hashes") instanceof ObjectNode hashes)
        || !(hashes.get("sha256") instanceof StringNode claimed)) {
      return false;
    }
    try {
      return MessageDigest.isEqual(
          UnpaddedBase64.decode(claimed.stringValue()), contentHash(version, event));
    } catch (MatrixException _) {
      return false;
    }
  }

  /// The SHA-256 over the redacted event but `unsigned` and `signatures`.
  ///
  /// @throws MatrixException `M_BAD_JSON` if the event has no canonical form
  public static byte[] referenceHash(RoomVersion version, ObjectNode event) {
    ObjectNode redacted = Redaction.redact(version, event);
    return Sha256.of(CanonicalJson.encodeWithout(redacted, NO_REFERENCE, version.numbers()));
  }

  /// The event's id: its `event_id` in room versions 1 and 2, else its reference hash.
  ///
  /// @throws MatrixException `M_BAD_JSON` if the event has no canonical form or lacks its id
  public static EventId idOf(RoomVersion version, ObjectNode event) {
    return switch (version.eventIds()) {
      case CHOSEN -> {
        JsonNode id = event.get("event_id");
        if (id == null || !id.isString()) {
          throw MatrixException.badJson("Events of this room must name their 'event_id'.");
        }
        yield new EventId(id.stringValue());
      }
      case HASH -> new EventId("$" + UnpaddedBase64.encode(referenceHash(version, event)));
      case URL_SAFE_HASH ->
          new EventId("$" + UnpaddedBase64.encodeUrlSafe(referenceHash(version, event)));
    };
  }

  /// The id of the room that `create`, a create event without `room_id`, begins: its event id with
  /// `!` for `$`. Only for versions with `roomIdFromCreate`.
  public static RoomId roomIdOfCreate(RoomVersion version, ObjectNode create) {
    if (!version.roomIdFromCreate()) {
      throw new IllegalArgumentException(
          "rooms of version " + version + " are not named after their create event");
    }
    return roomIdOf(idOf(version, create));
  }

  /// The room's id that goes with the id of its create event.
  public static RoomId roomIdOf(EventId create) {
    return new RoomId("!" + create.value().substring(1));
  }
}
