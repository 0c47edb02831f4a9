@NullMarked
package dev.sotto.protocol.json;

import org.jspecify.annotations.NullMarked;
