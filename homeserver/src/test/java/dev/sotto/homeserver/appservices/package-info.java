@NullMarked
package dev.sotto.homeserver.appservices;

import org.jspecify.annotations.NullMarked;
