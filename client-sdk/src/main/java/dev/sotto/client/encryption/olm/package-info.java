/// The channel between two devices: Olm sessions, the messages through them, and the queue of what
/// is on its way.
///
/// ```
/// OLM_SESSIONS  {user} {Curve25519 key of the device}/{session id}  {"pickle", "made", "used"}
/// REQUESTS      to_device/{transaction id}                          {"number", "type", "messages",
///                                                                    "room"}
/// ```
@NullMarked
package dev.sotto.client.encryption.olm;

import org.jspecify.annotations.NullMarked;
