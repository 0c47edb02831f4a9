/// Tests of the machine.
@NullMarked
package dev.sotto.client.encryption;

import org.jspecify.annotations.NullMarked;
