/// Start and wiring: the only place where every part is known.
@NullMarked
package dev.sotto.homeserver.app;

import org.jspecify.annotations.NullMarked;
