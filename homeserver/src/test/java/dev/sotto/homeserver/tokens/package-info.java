@NullMarked
package dev.sotto.homeserver.tokens;

import org.jspecify.annotations.NullMarked;
