@NullMarked
package dev.sotto.homeserver.rooms;

import org.jspecify.annotations.NullMarked;
