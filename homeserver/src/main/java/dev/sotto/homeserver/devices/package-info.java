/// The devices of users: what a login is made on and messages are encrypted for.
///
/// ```
/// devices (user, device_id, display_name, created_at, last_seen_at, last_seen_ip)
/// ```
@NullMarked
package dev.sotto.homeserver.devices;

import org.jspecify.annotations.NullMarked;
