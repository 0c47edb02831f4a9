/// The errors that the Matrix APIs define.
@NullMarked
package dev.sotto.protocol.error;

import org.jspecify.annotations.NullMarked;
