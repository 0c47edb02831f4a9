/// Matrix identifiers as records that cannot hold an invalid value.
@NullMarked
package dev.sotto.protocol.id;

import org.jspecify.annotations.NullMarked;
