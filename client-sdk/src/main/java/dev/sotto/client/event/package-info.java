/// Events of a room as a program meets them: a record for each kind, the JSON always behind it.
///
/// ```
/// RoomEvent
///   Message      TextMessage, FileMessage, OtherMessage
///   Edit         a message in place of an earlier one
///   Reaction, Redaction
///   MemberChange, StateChange
///   Redacted     what a redaction has left
///   Undecryptable
///   OtherEvent
/// ```
@NullMarked
package dev.sotto.client.event;

import org.jspecify.annotations.NullMarked;
