/// Room keys: made, shared and replaced for what one's own device sends; kept, judged and used for
/// what others send.
///
/// ```
/// INBOUND_MEGOLM  room          session        a session and what is known of it
/// OUTBOUND_MEGOLM room          session, facts the device's own session of the room
///                               to + user      who of the user's devices has it
/// SEEN_INDEXES    room session  number         which events used 64 indexes of the session
/// WITHHELD        room          session user   why the user does not share the session
/// REQUESTS        room_keys     room session   sessions that were asked for
///                 keys_wanted   device request what own devices asked for
/// STATE           megolm.*                     settings of rooms, what is not backed up, bundles
/// ```
@NullMarked
package dev.sotto.client.encryption.megolm;

import org.jspecify.annotations.NullMarked;
