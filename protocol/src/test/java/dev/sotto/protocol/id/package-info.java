@NullMarked
package dev.sotto.protocol.id;

import org.jspecify.annotations.NullMarked;
