/// Events of a room: the JSON as it was received, read through a typed view.
@NullMarked
package dev.sotto.protocol.event;

import org.jspecify.annotations.NullMarked;
