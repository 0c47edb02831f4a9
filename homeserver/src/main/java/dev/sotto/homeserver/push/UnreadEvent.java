package dev.sotto.homeserver.push;

import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.UserId;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// An event of a room, as push rules and unread counts see it. What costs something is worked out
/// when it is asked for.
public interface UnreadEvent {
  /// Where it stands in the order of everything.
  long position();

  EventId id();

  /// The number of its room.
  long room();

  String type();

  UserId sender();

  /// The state key, or null for a message-like event.
  @Nullable String stateKey();

  /// When it was sent, in milliseconds since 1970.
  long sentAt();

  ObjectNode content();

  /// The root of the thread that it is in, or null in the main timeline; asked only of events that
  /// matter to a count.
  @Nullable EventId thread();

  /// The position of the event that this one redacts, or 0; asked only of redactions.
  long redactedPosition();

  /// Whether a redaction has emptied it.
  boolean isRedacted();
}
