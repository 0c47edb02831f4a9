@NullMarked
package dev.sotto.homeserver.logins;

import org.jspecify.annotations.NullMarked;
