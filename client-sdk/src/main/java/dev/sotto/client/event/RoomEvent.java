package dev.sotto.client.event;

import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Something that happened in a room.
public sealed interface RoomEvent
    permits Message,
        Edit,
        Reaction,
        Redaction,
        MemberChange,
        StateChange,
        Redacted,
        Undecryptable,
        OtherEvent {

  /// What all events have.
  Envelope envelope();

  /// The event's id.
  default EventId id() {
    return envelope().id();
  }

  /// The room it happened in.
  default RoomId room() {
    return envelope().room();
  }

  /// Who sent it.
  default UserId sender() {
    return envelope().sender();
  }

  /// When the sender's server says that it was sent; nobody has checked that.
  default Instant sentAt() {
    return envelope().sentAt();
  }

  /// Its type, inside of the encryption if it was encrypted.
  default String type() {
    return envelope().type();
  }

  /// Its content, decrypted if it was encrypted, with all that no record shows. To be read only.
  default ObjectNode content() {
    return envelope().content();
  }

  /// What is known of the way it came.
  default Trust trust() {
    return envelope().trust();
  }

  /// Who gave us the key to it when they invited us to the room. That the sender has sent it is
  /// then this user's word and nobody else's, which people are to be shown; [#trust] is
  /// [Trust#UNPROVEN]. Empty where the key came in another way, also from a backup that such a key
  /// was put into.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#sharing-keys-between-users
  default Optional<UserId> keysFrom() {
    return envelope().keysFrom();
  }
}
