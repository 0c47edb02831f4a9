/// What a process holds in memory: no more than so much of it.
@NullMarked
package dev.sotto.client.memory;

import org.jspecify.annotations.NullMarked;
