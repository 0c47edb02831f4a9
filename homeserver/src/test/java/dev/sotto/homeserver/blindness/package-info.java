/// Tests of what the server agrees to hold.
@NullMarked
package dev.sotto.homeserver.blindness;

import org.jspecify.annotations.NullMarked;
