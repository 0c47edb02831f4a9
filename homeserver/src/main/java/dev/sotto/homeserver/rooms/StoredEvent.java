package dev.sotto.homeserver.rooms;

import dev.sotto.protocol.event.Event;
import dev.sotto.protocol.event.EventTypes;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// An event of a room, as it is kept and shown.
///
/// Its JSON is written once, as bytes, in the form that clients see, and spliced into answers.
public final class StoredEvent {
  private final long roomNumber;
  private final EventId id;
  private final String type;
  private final @Nullable String stateKey;
  private final UserId sender;
  private final long sentAt;
  private final byte[] json;
  private final byte[] graph;
  private final @Nullable DeviceId device;
  private final @Nullable String txnId;
  private volatile long position;
  private volatile long replaces;
  private volatile long redactedBy;
  private volatile @Nullable Event event;
  private volatile @Nullable ObjectNode content;

  /// @param position the place in the order, or 0 until the event is on disk
  /// @param json the client form: an object without `room_id` and `unsigned`
  /// @param graph the members that only servers exchange, as an object
  /// @param replaces the position of the state event whose place it took, or 0
  /// @param redactedBy the position of the redaction that emptied it, or 0
  StoredEvent(
      long position,
      long roomNumber,
      EventId id,
      String type,
      @Nullable String stateKey,
      UserId sender,
      long sentAt,
      byte[] json,
      byte[] graph,
      long replaces,
      long redactedBy,
      @Nullable DeviceId device,
      @Nullable String txnId) {
    this.position = position;
    this.roomNumber = roomNumber;
    this.id = id;
    this.type = type;
    this.stateKey = stateKey;
    this.sender = sender;
    this.sentAt = sentAt;
    this.json = json;
    this.graph = graph;
    this.replaces = replaces;
    this.redactedBy = redactedBy;
    this.device = device;
    this.txnId = txnId;
  }

  /// This event after a redaction left `json` of it.
  StoredEvent redacted(byte[] json, long redactedBy) {
    return new StoredEvent(
        position,
        roomNumber,
        id,
        type,
        stateKey,
        sender,
        sentAt,
        json,
        graph,
        replaces,
        redactedBy,
        device,
        txnId);
  }

  /// Where the event stands in the order of everything; 0 until it is on disk.
  public long position() {
    return position;
  }

  /// Gives the event its place; called by the journal's thread, again if its batch is run again.
  void place(long newPosition, long replacedPosition) {
    position = newPosition;
    replaces = replacedPosition;
  }

  void redactedAt(long redactionPosition) {
    redactedBy = redactionPosition;
  }

  public long roomNumber() {
    return roomNumber;
  }

  public EventId id() {
    return id;
  }

  public String type() {
    return type;
  }

  /// The state key, or null for a message-like event.
  public @Nullable String stateKey() {
    return stateKey;
  }

  public boolean isState() {
    return stateKey != null;
  }

  /// What this state event sets; asking a message-like event is a mistake.
  public StateKey key() {
    if (stateKey == null) {
      throw new IllegalStateException(id + " is not a state event");
    }
    return new StateKey(type, stateKey);
  }

  /// Whether this is somebody's membership.
  public boolean isMember() {
    return stateKey != null && type.equals(EventTypes.MEMBER);
  }

  public UserId sender() {
    return sender;
  }

  /// When it was sent, in milliseconds since 1970.
  public long sentAt() {
    return sentAt;
  }

  /// The client form: a canonical JSON object without `room_id` and `unsigned`. Not to be changed.
  public byte[] json() {
    return json;
  }

  byte[] graph() {
    return graph;
  }

  /// The position of the state event whose place it took, or 0.
  public long replaces() {
    return replaces;
  }

  /// The position of the redaction that emptied it, or 0.
  public long redactedBy() {
    return redactedBy;
  }

  /// The device that sent it, where it was sent with a transaction id.
  public @Nullable DeviceId device() {
    return device;
  }

  /// The transaction id it was sent with, shown to the sending device alone.
  public @Nullable String txnId() {
    return txnId;
  }

  /// The content; read from the bytes when it is first asked for. Not to be changed.
  public ObjectNode content() {
    ObjectNode known = content;
    if (known == null) {
      known = (ObjectNode) Json.parseObject(json).get("content");
      content = known;
    }
    return known;
  }

  /// The whole event as servers see it, for the room's rules.
  public Event event() {
    Event known = event;
    if (known == null) {
      known = Event.of(id, pdu());
      event = known;
      content = known.content();
    }
    return known;
  }

  /// Sets what [#event()] would otherwise read from the bytes.
  StoredEvent with(Event parsed) {
    event = parsed;
    content = parsed.content();
    return this;
  }

  private ObjectNode pdu() {
    ObjectNode whole = Json.parseObject(json);
    whole.setAll(Json.parseObject(graph));
    if (!whole.path("event_id").asString("").contains(":")) {
      // From room version 3 on the id is a hash over the event and no part of it.
      whole.remove("event_id");
    }
    return whole;
  }

  @Override
  public String toString() {
    return type + " " + id + " at " + position;
  }
}
