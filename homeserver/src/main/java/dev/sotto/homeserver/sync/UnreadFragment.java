package dev.sotto.homeserver.sync;

import dev.sotto.homeserver.push.Unread;
import tools.jackson.core.JsonGenerator;

/// How much of a room is unread, in all or told by thread.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#receiving-notifications
record UnreadFragment(Unread unread, boolean byThread) {

  /// Writes the members of the room.
  void write(JsonGenerator out) {
    count(out, "unread_notifications", byThread ? unread.main() : unread.total());
    if (byThread && !unread.threads().isEmpty()) {
      out.writeObjectPropertyStart("unread_thread_notifications");
      unread.threads().forEach((root, count) -> count(out, root, count));
      out.writeEndObject();
    }
  }

  private static void count(JsonGenerator out, String name, Unread.Count count) {
    out.writeObjectPropertyStart(name);
    out.writeNumberProperty("highlight_count", count.highlights());
    out.writeNumberProperty("notification_count", count.notifications());
    out.writeEndObject();
  }
}
