/// Tests of room keys.
@NullMarked
package dev.sotto.client.encryption.megolm;

import org.jspecify.annotations.NullMarked;
