/// What a process holds in memory: so much and no more, and secrets no longer than they are needed.
@NullMarked
package dev.sotto.client.memory;

import org.jspecify.annotations.NullMarked;
