/// A Matrix client for programs, with end-to-end encryption: [dev.sotto.client.MatrixClient] is the
/// way in.
///
/// ```
/// SyncLoop -> News -> Rooms, Members (what is known of rooms, kept)
///               |---> Inbox (kept until handled) -> Deliveries (a queue for each room) -> Handlers
/// Room ------> Outlet (decides what may leave in the clear) -> Calls -> http
///               '---> Encryption, Pump (what the machine wants to be sent)
/// ```
///
/// Only `Outlet` builds requests that carry what people say, so that there is one place which knows
/// whether it must be encrypted.
///
/// Kept on [dev.sotto.client.store.Shelf#STATE], by group:
///
/// ```
/// session          session (tokens), since (the place in the news)
/// rooms            a room's id: what is known of it, and the ids of its latest events
/// members ROOM     a user's id: membership and name
/// inbox ROOM       a number: an event that was not handled yet, or waits for its key
/// account          type of account data: its content
/// ```
@NullMarked
package dev.sotto.client;

import org.jspecify.annotations.NullMarked;
