@NullMarked
package dev.sotto.homeserver.uia;

import org.jspecify.annotations.NullMarked;
