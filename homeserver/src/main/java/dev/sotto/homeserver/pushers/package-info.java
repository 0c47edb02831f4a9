/// Where users want to be told of events while their clients sleep. They are kept; nothing is sent
/// to them yet.
///
/// ```
/// pushers (user_number, app_id, pushkey, definition, device_id, created_ts)
///     definition: as the API shows it; device_id: the one that set it, with which it goes
/// ```
@NullMarked
package dev.sotto.homeserver.pushers;

import org.jspecify.annotations.NullMarked;
