/// Dehydrated devices: of each user at most one device that lives on the server alone, so that
/// others can send keys while the user is logged in nowhere. What it takes to be that device is
/// kept here too, encrypted by the client that made it; whoever logs in next reads with it what
/// came.
///
/// To everybody else it is a device like any other: it is among the user's devices, has keys, and
/// messages wait for it. Nobody can log in on it.
///
/// ```
/// dehydrated_devices (user, device_id, device_data)
/// ```
@NullMarked
package dev.sotto.homeserver.dehydration;

import org.jspecify.annotations.NullMarked;
