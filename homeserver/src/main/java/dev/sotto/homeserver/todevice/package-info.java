/// Messages from device to device, kept until the device they are for has synced past them.
///
/// ```
/// to_device_messages (user, device, position, sender, json) one position for all of one request
/// to_device_transactions (user, device, type, txn_id, sent_at)   what a sender sent lately
/// ```
@NullMarked
package dev.sotto.homeserver.todevice;

import org.jspecify.annotations.NullMarked;
