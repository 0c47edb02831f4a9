/// Rooms: their events in one order, their state at each point of it, and who belongs to them.
///
/// ```
/// rooms        (number, room_id, version)                       a room's number never changes
/// events       (position, room_number, event_id, type, ...)     every event; json is what clients
///                                                               see, graph what only servers do
/// room_state   (room_number, type, state_key, position)         deltas: state at P is the last row
///                                                               with position <= P for each key
/// memberships  (user_number, room_number, membership, position) the newest of each user and room
/// relations    (target_id, position, rel_type, ...)             events that point at another
/// ```
@NullMarked
package dev.sotto.homeserver.rooms;

import org.jspecify.annotations.NullMarked;
