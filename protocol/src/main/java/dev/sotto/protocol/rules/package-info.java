/// The rules of a room, as pure functions: values in, values out, no clock and no I/O.
///
/// A [RoomVersion] says which of the rules a room follows, and every rule takes it as an argument:
///
/// ```
/// build an event:  AuthRules.authEventKeys -> EventHashes.withContentHash -> EventFormat.encode
///                  -> EventHashes.idOf -> Event.of -> AuthRules.check
/// take one away:   Redaction.redact
/// forked history:  StateResolution.resolve
/// ```
@NullMarked
package dev.sotto.protocol.rules;

import org.jspecify.annotations.NullMarked;
