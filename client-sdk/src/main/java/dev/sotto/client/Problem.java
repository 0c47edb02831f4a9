package dev.sotto.client;

import dev.sotto.protocol.id.RoomId;
import java.util.Optional;

/// Something went wrong where nobody waits for an answer.
///
/// @param room where; empty if it was in no room
public record Problem(Kind kind, Optional<RoomId> room, Throwable cause) {
  /// What went wrong.
  public enum Kind {
    /// A handler has thrown; the other handlers and events are not touched by that.
    HANDLER,
    /// A room's handlers were too slow: an event was not handed to them. It is still in the room's
    /// history.
    OVERFLOW,
    /// Events of a long absence were not fetched. They are still in the room's history.
    GAP,
    /// Events were not handed on, since they are not as the specification says, or larger in some
    /// way than any event is. It is told once for each answer of the server, with their number.
    UNREADABLE,
    /// The server does not answer, or not as specified; it is asked again.
    SERVER,
    /// Something that encryption needs did not work: a request was refused, somebody who is invited
    /// was not given the keys to the room's history, a dehydrated device could not be woken,
    /// messages of other devices to this one, which may hold keys, cannot be read.
    ENCRYPTION,
    /// A device in a room does not get the keys to what we send there, mostly because its user has
    /// not signed it. It is told once for each device; and once for each user of whom the server
    /// does not say which devices there are. The cause is a
    /// [dev.sotto.client.error.LeftOutException], which names them.
    LEFT_OUT
  }

  /// Hears of problems. It is called on any thread, and should return soon.
  @FunctionalInterface
  public interface Listener {
    /// Hears of one.
    void onProblem(Problem problem);
  }
}
