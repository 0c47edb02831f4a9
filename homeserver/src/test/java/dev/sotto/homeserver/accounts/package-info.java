@NullMarked
package dev.sotto.homeserver.accounts;

import org.jspecify.annotations.NullMarked;
