/// The machine, with no server but the test.
@NullMarked
package dev.sotto.client.encryption.device;

import org.jspecify.annotations.NullMarked;
