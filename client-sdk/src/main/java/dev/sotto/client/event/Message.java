package dev.sotto.client.event;

import dev.sotto.protocol.id.EventId;
import java.util.Optional;

/// Something that somebody said.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#mroommessage
public sealed interface Message extends RoomEvent permits TextMessage, FileMessage, OtherMessage {
  /// What was said as plain text; with a file its caption, or else its name.
  String text();

  /// The message that this one answers.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#rich-replies
  default Optional<EventId> replyTo() {
    return Relations.replyTo(content());
  }

  /// The message that began the thread in which this one stands.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#threading
  default Optional<EventId> thread() {
    return Relations.to(content(), Relations.THREAD);
  }
}
