/// Devices that verify each other, with somebody in between at times.
@NullMarked
package dev.sotto.client.encryption.verification;

import org.jspecify.annotations.NullMarked;
