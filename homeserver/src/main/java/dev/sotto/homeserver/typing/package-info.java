/// Who is typing where, right now. In memory only: after a restart nobody is.
@NullMarked
package dev.sotto.homeserver.typing;

import org.jspecify.annotations.NullMarked;
