/// Backups of room keys, encrypted by the clients with a key that is never here.
///
/// ```
/// backup_versions (user, version, algorithm, auth_data, etag, key_count, deleted)
/// backup_keys (user, version, room_id, session_id, first_message_index, forwarded_count,
///              is_verified, session_data)
/// ```
@NullMarked
package dev.sotto.homeserver.backup;

import org.jspecify.annotations.NullMarked;
