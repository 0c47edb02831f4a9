/// Devices: one's own account with its keys, and what is known of the devices of others.
@NullMarked
package dev.sotto.client.encryption.device;

import org.jspecify.annotations.NullMarked;
