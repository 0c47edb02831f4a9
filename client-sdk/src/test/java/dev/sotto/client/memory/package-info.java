/// Shows what is let go of.
@NullMarked
package dev.sotto.client.memory;

import org.jspecify.annotations.NullMarked;
