/// How far users have read: receipts, public and private, per thread, and the fully-read marker.
///
/// ```
/// receipts (room_number, user_number, private, thread_id, event_id, event_position, ts, position)
///     thread_id '': unthreaded; event_position: of the event read up to; position: of the receipt
/// ```
@NullMarked
package dev.sotto.homeserver.receipts;

import org.jspecify.annotations.NullMarked;
