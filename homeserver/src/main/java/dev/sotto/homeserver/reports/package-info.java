/// What users find wrong with rooms, events and other users, for the server's administrators.
///
/// ```
/// reports (id, reporter_number, room_id, event_id, user_id, reason, reported_at)
///     a newer report of the same thing by the same user takes the older one's place
/// ```
@NullMarked
package dev.sotto.homeserver.reports;

import org.jspecify.annotations.NullMarked;
