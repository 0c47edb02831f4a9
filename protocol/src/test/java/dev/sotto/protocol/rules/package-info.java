@NullMarked
package dev.sotto.protocol.rules;

import org.jspecify.annotations.NullMarked;
