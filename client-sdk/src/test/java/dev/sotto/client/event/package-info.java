/// Tests of the events.
@NullMarked
package dev.sotto.client.event;

import org.jspecify.annotations.NullMarked;
