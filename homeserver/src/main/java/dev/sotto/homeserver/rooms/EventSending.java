package dev.sotto.homeserver.rooms;

import dev.sotto.homeserver.blindness.Admitted;
import dev.sotto.homeserver.blindness.Gate;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.event.EventTypes;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.UserId;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Sends events into rooms for their members.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#sending-events-to-a-room
public final class EventSending {
  private final RoomServices services;
  private final Gate gate;
  private final MembershipChanges memberships;
  private final CanonicalAliases canonicalAliases;

  public EventSending(
      RoomServices services,
      MembershipChanges memberships,
      Gate gate,
      RoomPublication publication) {
    this.services = services;
    this.memberships = memberships;
    this.gate = gate;
    this.canonicalAliases = new CanonicalAliases(publication);
  }

  /// Sends a message-like event, or finds the one that this device sent with this transaction id.
  ///
  /// @param sent how the device names it; null where an application service names no device
  /// @param sentAt the time that an application service gives it, in milliseconds since 1970
  public EventId message(
      Room room,
      UserId sender,
      String type,
      ObjectNode content,
      Draft.@Nullable Sent sent,
      @Nullable Long sentAt) {
    if (type.equals(EventTypes.REDACTION)) {
      return redactionInContent(room, sender, content, sent, sentAt);
    }
    return once(
        room,
        sender,
        type,
        sent,
        () -> {
          Admitted admitted = gate.admit(type, null, content);
          services.relations().check(room, sender, admitted);
          return new Draft(sender, admitted, sentAt, sent);
        });
  }

  /// A redaction that names its target in its content, as all may from v1.18 on; rooms before
  /// version 11 keep the name beside the content.
  private EventId redactionInContent(
      Room room,
      UserId sender,
      ObjectNode content,
      Draft.@Nullable Sent sent,
      @Nullable Long sentAt) {
    JsonNode target = content.get("redacts");
    if (target == null || !target.isString()) {
      throw new MatrixException(ErrorCode.M_MISSING_PARAM, "'redacts' must name an event.");
    }
    String reason = content.path("reason").stringValue(null);
    return redact(room, sender, new EventId(target.stringValue()), reason, sent, sentAt);
  }

  /// Takes back what an event said.
  public EventId redact(
      Room room,
      UserId sender,
      EventId target,
      @Nullable String reason,
      Draft.@Nullable Sent sent,
      @Nullable Long sentAt) {
    boolean inContent = room.version().redactsInContent();
    return once(
        room,
        sender,
        EventTypes.REDACTION,
        sent,
        () -> new Draft(sender, gate.admitRedaction(target, reason, inContent), sentAt, sent));
  }

  private interface DraftSource {
    Draft get();
  }

  private EventId once(
      Room room, UserId sender, String type, Draft.@Nullable Sent sent, DraftSource draft) {
    if (sent == null) {
      return services.writer().append(room, draft.get()).id();
    }
    gate.checkTransactionId(sent.txnId());
    return services
        .sentTransactions()
        .once(
            sender,
            sent,
            room.number(),
            type,
            () -> services.writer().append(room, draft.get()).id());
  }

  /// Sets a piece of the room's state; what is set already is left as it is.
  public EventId state(
      Room room, UserId sender, StateKey key, ObjectNode content, @Nullable Long sentAt) {
    if (key.type().equals(EventTypes.MEMBER)) {
      return memberships.set(room, sender, new UserId(key.key()), content, sentAt);
    }
    var admitted = gate.admit(key.type(), key.key(), content);
    StoredEvent current = room.state().stored(key);
    if (current != null
        && current.content().equals(admitted.content())
        && current.sender().equals(sender)
        && room.state().isJoined(sender)) {
      return current.id();
    }
    if (key.equals(StateKey.CANONICAL_ALIAS)) {
      canonicalAliases.check(
          admitted.content(), current == null ? null : current.content(), room.id());
    }
    EventId set = services.writer().append(room, new Draft(sender, admitted, sentAt, null)).id();
    if (key.equals(StateKey.GUEST_ACCESS)) {
      memberships.removeGuests(room);
    }
    return set;
  }
}
