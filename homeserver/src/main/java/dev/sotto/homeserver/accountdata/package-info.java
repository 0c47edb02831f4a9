/// What users keep about themselves for all their devices: account data, global and per room, tags
/// and ignored users among it.
///
/// ```
/// account_data (user_number, room_number, type, content, position)
///     room_number 0: global; content null: deleted; position: of the last change
/// ```
@NullMarked
package dev.sotto.homeserver.accountdata;

import org.jspecify.annotations.NullMarked;
