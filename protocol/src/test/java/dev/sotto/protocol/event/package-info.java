@NullMarked
package dev.sotto.protocol.event;

import org.jspecify.annotations.NullMarked;
