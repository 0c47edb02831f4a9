/// The programs: a chat in the terminal, and a demonstration of what a server sees of one.
@NullMarked
package dev.sotto.client.terminal;

import org.jspecify.annotations.NullMarked;
