@NullMarked
package dev.sotto.homeserver.devices;

import org.jspecify.annotations.NullMarked;
