/// The channel between devices, with no server but the test.
@NullMarked
package dev.sotto.client.encryption.olm;

import org.jspecify.annotations.NullMarked;
