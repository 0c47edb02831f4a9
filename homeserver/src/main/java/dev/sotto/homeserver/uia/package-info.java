/// User-interactive authentication: what a client must show again before an operation that could do
/// its user harm.
@NullMarked
package dev.sotto.homeserver.uia;

import org.jspecify.annotations.NullMarked;
