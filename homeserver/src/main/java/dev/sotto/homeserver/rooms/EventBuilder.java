package dev.sotto.homeserver.rooms;

import dev.sotto.homeserver.blindness.Admitted;
import dev.sotto.protocol.crypto.UnpaddedBase64;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.event.Event;
import dev.sotto.protocol.event.EventTypes;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.ServerName;
import dev.sotto.protocol.json.CanonicalJson;
import dev.sotto.protocol.json.Json;
import dev.sotto.protocol.rules.AuthResult;
import dev.sotto.protocol.rules.AuthRules;
import dev.sotto.protocol.rules.EventFormat;
import dev.sotto.protocol.rules.EventHashes;
import dev.sotto.protocol.rules.Redaction;
import dev.sotto.protocol.rules.RoomVersion;
import java.security.SecureRandom;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Makes a room's next event of a draft: places it after the last one, hashes it, and holds it to
/// the room's rules.
final class EventBuilder {
  private static final Set<String> CLIENT_MEMBERS =
      Set.of("content", "origin_server_ts", "redacts", "sender", "state_key", "type");
  private static final int RANDOM_ID_BYTES = 18;

  private final ServerName server;
  private final SecureRandom random;

  EventBuilder(ServerName server, SecureRandom random) {
    this.server = server;
    this.random = random;
  }

  /// The event that `draft` becomes after `head`.
  ///
  /// @param now the time, in milliseconds since 1970
  /// @throws MatrixException `M_FORBIDDEN` if the room's rules deny it, `M_TOO_LARGE` or
  ///   `M_BAD_JSON` if it is no valid event
  StoredEvent build(Room room, Room.Head head, Draft draft, long now) {
    RoomVersion version = room.version();
    Event event = event(room, head, draft, now);
    if (AuthRules.check(version, event, head.state()) instanceof AuthResult.Denied denied) {
      throw MatrixException.forbidden(denied.reason());
    }
    return stored(room, draft, event);
  }

  /// The create event of a room that is named after it (from room version 12 on).
  ObjectNode create(RoomVersion version, Draft draft, long now) {
    ObjectNode pdu = Json.object();
    members(pdu, draft, now, 1);
    pdu.putArray("prev_events");
    pdu.putArray("auth_events");
    return EventHashes.withContentHash(version, pdu);
  }

  private Event event(Room room, Room.Head head, Draft draft, long now) {
    RoomVersion version = room.version();
    Admitted admitted = draft.admitted();
    StoredEvent last = head.last();
    ObjectNode pdu = Json.object();
    members(pdu, draft, now, last == null ? 1 : last.event().depth() + 1);
    boolean isCreate = admitted.type().equals(EventTypes.CREATE);
    if (!isCreate || !version.roomIdFromCreate()) {
      pdu.put("room_id", room.id().value());
    }
    if (version.referencesAreHashed()) {
      pdu.put("event_id", randomId());
    }
    EventId redacts = admitted.redacts();
    if (redacts != null && !version.redactsInContent()) {
      pdu.put("redacts", redacts.value());
    }
    ArrayNode previous = pdu.putArray("prev_events");
    if (last != null) {
      refer(version, previous, last.event());
    }
    ArrayNode auth = pdu.putArray("auth_events");
    for (StateKey key :
        AuthRules.authEventKeys(
            version, admitted.type(), draft.sender(), admitted.stateKey(), admitted.content())) {
      Event named = head.state().get(key);
      if (named != null) {
        refer(version, auth, named);
      }
    }
    EventHashes.withContentHash(version, pdu);
    EventFormat.check(version, pdu);
    return Event.of(EventHashes.idOf(version, pdu), pdu);
  }

  private static void members(ObjectNode pdu, Draft draft, long now, long depth) {
    Admitted admitted = draft.admitted();
    pdu.set("content", admitted.content());
    pdu.put("depth", Math.min(depth, CanonicalJson.MAX_INTEGER));
    pdu.put("origin_server_ts", draft.sentAt() == null ? now : draft.sentAt());
    pdu.put("sender", draft.sender().value());
    if (admitted.stateKey() != null) {
      pdu.put("state_key", admitted.stateKey());
    }
    pdu.put("type", admitted.type());
  }

  private static void refer(RoomVersion version, ArrayNode references, Event event) {
    if (!version.referencesAreHashed()) {
      references.add(event.id().value());
      return;
    }
    String hash = UnpaddedBase64.encode(EventHashes.referenceHash(version, event.json()));
    references.addArray().add(event.id().value()).addObject().put("sha256", hash);
  }

  private String randomId() {
    byte[] bytes = new byte[RANDOM_ID_BYTES];
    random.nextBytes(bytes);
    return "$" + UnpaddedBase64.encodeUrlSafe(bytes) + ":" + server.value();
  }

  private static StoredEvent stored(Room room, Draft draft, Event event) {
    Draft.Sent sent = draft.sent();
    return new StoredEvent(
            0,
            room.number(),
            event.id(),
            event.type(),
            event.stateKey(),
            event.sender(),
            event.originServerTs(),
            clientJson(room.version(), event.id(), event.json()),
            graph(event.json()),
            0,
            0,
            sent == null ? null : sent.device(),
            sent == null ? null : sent.txnId())
        .with(event);
  }

  /// What clients see of a stored event after a redaction.
  static StoredEvent redacted(RoomVersion version, StoredEvent target) {
    ObjectNode left = Redaction.redact(version, target.event().json());
    return target
        .redacted(clientJson(version, target.id(), left), 0)
        .with(Event.of(target.id(), left));
  }

  private static byte[] clientJson(RoomVersion version, EventId id, ObjectNode pdu) {
    ObjectNode client = Json.object();
    CLIENT_MEMBERS.forEach(
        name -> {
          if (pdu.has(name)) {
            client.set(name, pdu.get(name));
          }
        });
    client.put("event_id", id.value());
    return CanonicalJson.encode(client, version.numbers());
  }

  private static byte[] graph(ObjectNode pdu) {
    ObjectNode graph = Json.object();
    pdu.properties()
        .forEach(
            member -> {
              if (!CLIENT_MEMBERS.contains(member.getKey())) {
                graph.set(member.getKey(), member.getValue());
              }
            });
    return CanonicalJson.encode(graph);
  }
}
