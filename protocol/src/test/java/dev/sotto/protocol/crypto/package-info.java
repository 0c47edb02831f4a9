@NullMarked
package dev.sotto.protocol.crypto;

import org.jspecify.annotations.NullMarked;
