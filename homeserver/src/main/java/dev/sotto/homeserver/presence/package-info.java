/// Who is online. In memory only: after a restart nobody is until their clients sync again.
@NullMarked
package dev.sotto.homeserver.presence;

import org.jspecify.annotations.NullMarked;
