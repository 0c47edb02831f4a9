/// By which names rooms are known, and which of them everybody may see in a list.
///
/// ```
/// aliases      (alias, room_number, creator_number, created_ts)    this server's own aliases
/// listed_rooms (network, room_number)                              '' is the server's own list
/// ```
@NullMarked
package dev.sotto.homeserver.directory;

import org.jspecify.annotations.NullMarked;
