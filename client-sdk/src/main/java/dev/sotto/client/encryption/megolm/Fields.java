package dev.sotto.client.encryption.megolm;

import dev.sotto.client.engine.Curve25519Key;
import dev.sotto.client.engine.EngineException;
import dev.sotto.protocol.crypto.VerifyKey;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads the members of JSON that others wrote: what is missing, of another type, or not well
/// formed is not there.
final class Fields {
  static final String ALGORITHM = "m.megolm.v1.aes-sha2";

  private static final Pattern SESSION_ID = Pattern.compile("[A-Za-z0-9+/]{43}");

  /// By its name in the specification, the one that clients use instead, and the one before that.
  private static final List<String> SHARED_HISTORY =
      List.of("shared_history", "m.shared_history", "org.matrix.msc3061.shared_history");

  private Fields() {}

  static Optional<String> text(JsonNode json, String name) {
    return Optional.ofNullable(json.path(name).stringValue(null));
  }

  static Optional<ObjectNode> object(JsonNode json, String name) {
    return json.path(name) instanceof ObjectNode object ? Optional.of(object) : Optional.empty();
  }

  static Optional<RoomId> room(JsonNode json, String name) {
    return id(json, name, RoomId::new);
  }

  static Optional<UserId> user(JsonNode json, String name) {
    return id(json, name, UserId::new);
  }

  static Optional<DeviceId> device(JsonNode json, String name) {
    return id(json, name, DeviceId::new);
  }

  static Optional<EventId> event(JsonNode json, String name) {
    return id(json, name, EventId::new);
  }

  static Optional<VerifyKey> fingerprint(JsonNode json, String name) {
    return id(json, name, VerifyKey::ofBase64);
  }

  static Optional<Curve25519Key> curve25519(JsonNode json, String name) {
    try {
      Optional<String> text = text(json, name);
      return text.isEmpty() ? Optional.empty() : Optional.of(Curve25519Key.ofBase64(text.get()));
    } catch (EngineException _) {
      return Optional.empty();
    }
  }

  /// A session's id, if it can be one: it is an Ed25519 key.
  static Optional<String> session(JsonNode json, String name) {
    return text(json, name).filter(id -> SESSION_ID.matcher(id).matches());
  }

  /// The session that `room_id` and `session_id` name.
  static Optional<SessionName> sessionName(JsonNode json) {
    Optional<RoomId> room = room(json, "room_id");
    Optional<String> session = session(json, "session_id");
    return room.isEmpty() || session.isEmpty()
        ? Optional.empty()
        : Optional.of(new SessionName(room.get(), session.get()));
  }

  static boolean isMegolm(JsonNode json) {
    return ALGORITHM.equals(json.path("algorithm").stringValue(null));
  }

  static boolean isTrue(JsonNode json, String name) {
    return json.path(name).booleanValue(false);
  }

  /// Whether a key is said to be for those who are invited later as well.
  static boolean isSharedHistory(JsonNode key) {
    return SHARED_HISTORY.stream().anyMatch(name -> isTrue(key, name));
  }

  /// Says so of a key, by the names that others understand: both, but for the oldest, which some
  /// take for the second written twice.
  static ObjectNode putSharedHistory(ObjectNode key, boolean shared) {
    SHARED_HISTORY.stream().limit(2).forEach(name -> key.put(name, shared));
    return key;
  }

  private static <T> Optional<T> id(JsonNode json, String name, Function<String, T> reader) {
    try {
      return text(json, name).map(reader);
    } catch (MatrixException _) {
      return Optional.empty();
    }
  }
}
