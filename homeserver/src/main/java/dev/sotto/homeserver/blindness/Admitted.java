package dev.sotto.homeserver.blindness;

import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.event.EventTypes;
import dev.sotto.protocol.id.EventId;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What an event says, after the [Gate] let it in; nothing else can be written to a room.
public final class Admitted {
  private static final String NOT_WEAKER =
      MessageRules.ONLY_ENCRYPTED + "A room's encryption cannot be turned off or weakened.";

  private final String type;
  private final @Nullable String stateKey;
  private final ObjectNode content;
  private final @Nullable EventId redacts;
  private final boolean keepsEncryption;

  /// Only the gate makes one.
  ///
  /// @param redacts what a redaction is about where its content does not say so, or null
  /// @param keepsEncryption whether it may not take a room's encryption away
  Admitted(
      String type,
      @Nullable String stateKey,
      ObjectNode content,
      @Nullable EventId redacts,
      boolean keepsEncryption) {
    this.type = type;
    this.stateKey = stateKey;
    this.content = content;
    this.redacts = redacts;
    this.keepsEncryption = keepsEncryption;
  }

  public String type() {
    return type;
  }

  /// The state key, or null for a message-like event.
  public @Nullable String stateKey() {
    return stateKey;
  }

  /// The content as it may be stored; not to be changed.
  public ObjectNode content() {
    return content;
  }

  /// The event that a redaction is about, for rooms where it stands beside the content.
  public @Nullable EventId redacts() {
    return redacts;
  }

  /// The events that it points at, all of which its room must have: an id of an event that does not
  /// exist is whatever the sender likes to write.
  public Set<String> pointsAt() {
    if (!keepsEncryption || !(content.get("m.relates_to") instanceof ObjectNode relation)) {
      return Set.of();
    }
    Set<String> targets = new LinkedHashSet<>();
    for (JsonNode id :
        List.of(relation.path("event_id"), relation.path("m.in_reply_to").path("event_id"))) {
      if (id.isString()) {
        targets.add(id.stringValue());
      }
    }
    return targets;
  }

  /// Asked before it takes the place of another state event.
  ///
  /// @throws MatrixException `M_FORBIDDEN` if this would weaken a room's encryption
  public void requireMayReplace(ObjectNode current) {
    if (keepsEncryption
        && type.equals(EventTypes.ENCRYPTION)
        && Encryption.isWeaker(content, current)) {
      throw MatrixException.forbidden(NOT_WEAKER);
    }
  }

  /// Asked before it redacts an event: of m.room.encryption a redaction leaves nothing, in any room
  /// version.
  ///
  /// @throws MatrixException `M_FORBIDDEN` if the target holds a room's encryption
  public void requireMayRedact(String targetType) {
    if (keepsEncryption && targetType.equals(EventTypes.ENCRYPTION)) {
      throw MatrixException.forbidden(NOT_WEAKER);
    }
  }

  /// Asked before it redacts an event that its room does not have: the id of one is whatever the
  /// sender likes to write.
  ///
  /// @throws MatrixException `M_NOT_FOUND` if it may not
  public void requireMayRedactNothing() {
    if (keepsEncryption) {
      throw MatrixException.notFound("The room has no such event.");
    }
  }

  @Override
  public String toString() {
    return type;
  }
}
